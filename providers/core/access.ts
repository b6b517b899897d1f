import type { ArmResource, Mode, ResourceRef, Side } from "./contract.js";

/** A refusal of the service, and who asked for what. */
export interface Denial {
    readonly resource: ResourceRef;
    readonly side: Side;
    readonly mode: Mode;
    readonly options: Readonly<Record<string, unknown>>;
    /** The service's own error code, the most specific one. */
    readonly serviceCode: string | undefined;
    /** Who was refused, as far as it is known. */
    readonly caller: Caller;
}

/** Who this process is on one side, as its token tells; members that it doesn't tell are missing. */
export interface Caller {
    readonly objectId?: string;
    readonly principalType?: "ServicePrincipal" | "User";
    readonly clientId?: string;
    /** Object IDs of groups that it is in: those that stand in the token, seldom all. */
    readonly groups?: readonly string[];
}

/** A question to a service's own permission system: may this caller do what a replica needs? */
export interface OwnAccessQuestion {
    readonly resource: ResourceRef;
    /** ARM's answer for the resource. */
    readonly answer: ArmResource;
    readonly side: Side;
    readonly mode: Mode;
    readonly options: Readonly<Record<string, unknown>>;
    readonly caller: Caller;
}

/** What a service's own permission system says. */
export interface OwnAccess {
    /** What the caller lacks, in the service's words: `secrets: get, list`. Empty where nothing is. */
    readonly missing: readonly string[];
    /** False where it may have it by something that doesn't show, such as a group that it is in. */
    readonly certain: boolean;
    /** What is missing in a sentence, and the command that grants it. */
    readonly remedy: string;
}
