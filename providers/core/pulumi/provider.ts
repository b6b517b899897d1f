import type { ElementEntry } from "../registry.js";
import { checkReplica } from "./check.js";
import { diffReplica, type DiffAnswer } from "./diff.js";
import { newId, runReplica } from "./lifecycle.js";
import { replicaError } from "./messages.js";
import { readReplica, deleteReplica } from "./read.js";
import { endingInOrder } from "./session.js";
import { configure, type ConfigureRequest } from "./settings.js";

type Properties = Record<string, unknown>;

/** A dynamic provider as `@pulumi/pulumi/cmd/dynamic-provider` calls it. */
export interface DynamicProvider {
    configure(request: ConfigureRequest): Promise<void>;
    check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: CheckFailure[] }>;
    diff(id: string, olds: Properties, news: Properties): Promise<DiffAnswer>;
    create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
    update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
    read(
        id: string,
        properties: Properties,
    ): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
    delete(id: string, properties: Properties): Promise<void>;
}

export interface CheckFailure {
    property: string;
    reason: string;
}

/**
 * The provider of one element type. It holds no state: everything comes with the call, credentials from the
 * environment or the stack's configuration.
 */
export function createProvider(entry: ElementEntry): DynamicProvider {
    return {
        configure: (request) => {
            configure(request);
            return Promise.resolve();
        },
        check: (_olds, news) => Promise.resolve(checkReplica(entry, news)),
        diff: (_id, olds, news) => Promise.resolve(diffReplica(entry.plugin, olds, news)),
        create: (inputs) =>
            guarded(async () => {
                const id = newId(entry, String(inputs["target"]));
                return { id, outs: await runReplica(entry, id, inputs, {}) };
            }),
        update: (id, olds, news) => guarded(async () => ({ outs: await runReplica(entry, id, news, olds) })),
        read: (id, properties) => guarded(() => readReplica(entry, id, properties)),
        delete: (id, properties) => guarded(() => deleteReplica(entry, id, properties)),
    };
}

/** Only a partial failure of ours may carry an `id`: the SDK takes any error that has one for such. */
async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
        return await endingInOrder(work);
    } catch (error) {
        const partial = error instanceof Error && error.name === "ReplicaError";
        throw partial ? error : replicaError(error);
    }
}
