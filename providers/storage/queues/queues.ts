import type { ElementType } from "../../core/contract.js";
import { containerLimits } from "../limits.js";
import { billed } from "../prices.js";
import { compareNames } from "../names.js";
import { queueOptions } from "../options.js";
import { queuePermissions } from "./permissions.js";
import { invalidQueueName } from "./queue-item.js";
import { openQueueStore } from "./queue-store.js";

/** The queues of an account: metadata and stored access policies. Messages are another element type. */
export const queues: ElementType<null> = {
    name: "queues",
    singular: "queue",
    features: {
        modes: ["template", "replication"],
        // In which order the service lists is not documented.
        order: "none",
        detail: "items",
        digest: false,
        // A queue without its messages has no content: two are always alike, and their properties tell.
        comparesValues: true,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: { ...containerLimits, billed: billed({ queue: 3 }, { perPage: "queue" }, { queue: 1 }) },
    options: queueOptions,
    permissions: (mode, options) => queuePermissions(mode === "replication" && options.policies === true),
    sourceReads: () => false,
    // Creating again with the same metadata is no error; the rest sets a whole state.
    idempotent: (method) => method === "PUT" || method === "DELETE",
    invalidName: invalidQueueName,
    key: (name) => name,
    compare: compareNames,
    open: openQueueStore,
};
