import * as pulumi from "@pulumi/pulumi";
import { declareReplica } from "../components/replica-types.js";
import { parseReplicas, type ReplicaConfig } from "./replicas-config.js";

/** Declares one replica for each entry of the stack configuration `azure-dataplane:replicas`, by name. */
export function declareReplicas(configuration: unknown): Record<string, pulumi.ComponentResource> {
    let configured: ReplicaConfig[];
    try {
        configured = parseReplicas(configuration);
    } catch (error) {
        // A RunError is printed without a stack.
        throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
    }
    return Object.fromEntries(configured.map((entry) => [entry.name, declare(entry)]));
}

function declare({ type, name, ...args }: ReplicaConfig): pulumi.ComponentResource {
    return declareReplica(type, name, defined(args));
}

type Defined<Members> = { [Key in keyof Members]: Exclude<Members[Key], undefined> };

/** zod says `undefined` where a member is left out; at run time it is not there at all. */
function defined<Members extends object>(members: Members): Defined<Members> {
    return members as Defined<Members>;
}
