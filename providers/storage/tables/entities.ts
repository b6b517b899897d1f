import { z } from "zod";
import type { ElementType } from "../../core/contract.js";
import { accountRequests } from "../limits.js";
import { billed } from "../prices.js";
import { openEntityStore } from "./entity-store.js";
import { compareEntityNames, entityKey, invalidEntityName } from "./names.js";
import { entityPermissions } from "./permissions.js";
import { operationOverhead, transactionLimits } from "./transaction.js";

/** The entities of an account's tables, named `table/PartitionKey/RowKey`; the tables are a type of their own. */
export const entities: ElementType<string> = {
    name: "entities",
    singular: "entity",
    after: ["tables"],
    features: {
        // An entity without properties would be data that nobody has written.
        modes: ["replication"],
        order: "key",
        detail: "groups",
        digest: true,
        comparesValues: false,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        // An entity has nothing beside its properties, and a mark among them would be one that the source has not.
        marker: false,
        rewrite: false,
        // Timestamps have ticks of 100 ns: https://learn.microsoft.com/rest/api/storageservices/query-entities#sample-response
        modifiedMilliseconds: 1,
    },
    limits: {
        // Transactions at once: a partition takes 2,000 entities a second, of which 8 of 100 are a good part.
        concurrency: 8,
        rates: [accountRequests],
        // Listings of 1,000, and transactions that are seldom full.
        requestsPerItem: () => ({ request: 0.05 }),
        billed: billed({ table: 0.05 }, { perPage: "table" }),
        itemsPerPage: 1_000,
        bytesPerSecond: 10 * 1024 * 1024,
    },
    options: z.strictObject({}),
    permissions: () => entityPermissions,
    sourceReads: () => false,
    // A replacement is conditional on what was there; an insert that is sent again finds its own work and is looked into.
    idempotent: (method) => method === "PUT" || method === "DELETE",
    invalidName: invalidEntityName,
    key: entityKey,
    compare: compareEntityNames,
    batches: {
        ...transactionLimits,
        key: (name) => entityKey(name).slice(0, entityKey(name).lastIndexOf("/")),
        // The name stands in the URL, where a character takes up to nine.
        size: (item, content) => Buffer.byteLength(content) + 9 * item.name.length + operationOverhead,
    },
    open: openEntityStore,
};
