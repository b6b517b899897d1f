import type { HttpClient } from "@azure/core-rest-pipeline";
import { guardStore } from "../../../providers/core/guarded-store.js";
import { summariseGroups } from "../../../providers/core/replication/groups.js";
import { replicate } from "../../../providers/core/replication/replicate.js";
import type { ReplicationRequest, ReplicationResult } from "../../../providers/core/replication/types.js";
import { plugin } from "../../../providers/storage/index.js";
import { quickTiming } from "../../conformance/quick-timing.js";
import type { Opening, Pair } from "./accounts.js";

/** Whole runs between the accounts of a pair; each goes on from the records of the one before. */
export class StorageWorld {
    #copied: ReplicationRequest["copied"] = {};

    constructor(
        private readonly pair: Pair,
        private readonly name: "blobs" | "containers" | "serviceProperties" | "queues",
        private readonly options: Record<string, unknown> = {},
        /** Goes between the product and the target. */
        private readonly wrap?: (client: HttpClient) => HttpClient,
        /** Who writes at the target, other than its owner. */
        private readonly as?: Opening["as"],
        /** Both sides are known by their ARM resource IDs. */
        private readonly arm = false,
        /** Goes between the product and the source. */
        private readonly wrapSource?: (client: HttpClient) => HttpClient,
    ) {}

    /** Forgets what was copied, as a run that was killed does. */
    forget(): void {
        this.#copied = {};
    }

    async run(request: Partial<ReplicationRequest> = {}): Promise<ReplicationResult> {
        const element = plugin.elements[this.name];
        if (element === undefined) throw new Error(`there is no ${this.name}`);
        const wrapped = (wrap: typeof this.wrap) => (wrap === undefined ? {} : { wrap });
        const open = async (side: "source" | "target") =>
            guardStore(
                await this.pair.open(this.name, side, {
                    options: this.options,
                    arm: this.arm,
                    ...(side === "target" && this.as !== undefined ? { as: this.as } : {}),
                    ...wrapped(side === "target" ? this.wrap : this.wrapSource),
                }),
                {
                    side,
                    resource: this.pair.host(side),
                },
            );
        const source = await open("source");
        const items: Record<string, string> = {};
        const groups = summariseGroups();
        for await (const item of source.list()) {
            items[item.name] = item.version;
            groups.add(item);
        }
        const result = await replicate(
            {
                element,
                source,
                target: await open("target"),
                mode: "replication",
                detail: "items",
                selection: {},
                items: request.detail === "groups" ? groups.summaries() : items,
                copied: this.#copied,
                onConflict: "fail",
                prune: false,
                accessTimeoutMilliseconds: 0,
                signal: new AbortController().signal,
                options: this.options,
                ...request,
            },
            quickTiming().replication,
        );
        this.#copied = result.copied;
        return result;
    }
}
