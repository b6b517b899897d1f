import type { ElementType } from "../../core/contract.js";
import { containerLimits } from "../limits.js";
import { billed } from "../prices.js";
import { compareNames } from "../names.js";
import { copiesMessages, queueOptions } from "../options.js";
import { messageReads } from "./message-reads.js";
import { queuePermissions } from "./permissions.js";
import { invalidQueueName } from "./queue-item.js";
import { openQueueStore, type QueueContent } from "./queue-store.js";

const messageRequest = /^\/[^/]+\/messages(\/|$)/;

/** The queues of an account: metadata and stored access policies, and their messages where that is acknowledged. */
export const queues: ElementType<QueueContent | null> = {
    name: "queues",
    singular: "queue",
    features: {
        modes: ["template", "replication"],
        // In which order the service lists is not documented.
        order: "none",
        detail: "items",
        digest: false,
        // Without messages two are always alike, and their properties tell. With them a mark tells what was copied.
        comparesValues: true,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: {
        ...containerLimits,
        billed: billed({ queue: 3 }, { perPage: "queue" }, { queue: 1 }),
        rates: [
            ...containerLimits.rates,
            {
                name: "message",
                // For one queue, with messages of 1 KiB; here for all of them, as pacing knows no queues.
                count: 2_000,
                perMilliseconds: 1_000,
                applies: (_method, url) => messageRequest.test(url.pathname),
                source: "https://learn.microsoft.com/azure/storage/queues/scalability-targets#scale-targets-for-queue-storage",
            },
        ],
    },
    options: queueOptions,
    permissions: (mode, options) => {
        const full = mode === "replication";
        return queuePermissions(full && options.policies === true, full && copiesMessages(options));
    },
    sourceReads: () => false,
    disturbingReads: messageReads,
    // Creating again with the same metadata is no error, and a message that can be seen already may be let be seen again;
    // the rest sets a whole state. To send again would be to send twice, and to receive again to hide more.
    idempotent: (method) => method === "PUT" || method === "DELETE",
    invalidName: invalidQueueName,
    key: (name) => name,
    compare: compareNames,
    open: openQueueStore,
};
