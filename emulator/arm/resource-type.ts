import type { ServiceResponse } from "../contract.js";
import type { ArmContext, ArmState } from "./context.js";
import type { LongRunning } from "./operations.js";
import type { StoredResource } from "./store.js";

/** What a type does differently from the generic engine. */
export interface ResourceType {
    readonly type: string;
    /** How making one is followed. Undefined: it is there at once. */
    readonly longRunning?: LongRunning;
    /** The status of a PUT that made one. Default 201. */
    readonly createdStatus?: 200 | 201;
    /**
     * Checks what was asked for and completes it with what the service itself decides. `draft` is the resource as it
     * will be stored; throws `ArmError` to refuse it.
     */
    prepare?(draft: StoredResource, context: PrepareContext): void;
    /** The resource as GET shows it; default: as it is stored. */
    present?(resource: StoredResource): object;
    /** A resource that is there without anybody having made it, such as `blobServices/default`. */
    implicit?(id: string, name: string): { properties: Record<string, unknown> } | undefined;
    /** POST actions, by their name in lower case. */
    readonly actions?: Readonly<
        Record<
            string,
            (context: ArmContext, resource: StoredResource) => Promise<ServiceResponse> | ServiceResponse
        >
    >;
    /** What else happens when one is removed. */
    removed?(resource: StoredResource, state: ArmState): void;
    /** Whether GET is refused at this one: its content can only be had by an action. */
    hidden?(name: string): boolean;
}

/** What `prepare` knows. */
export interface PrepareContext {
    readonly state: ArmState;
    /** The resource as it was; undefined where it is made now. */
    readonly existing?: StoredResource;
    readonly subscriptionId: string;
    readonly apiVersion: string;
}
