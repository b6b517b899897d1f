import { z } from "zod";
import type { ElementType } from "../../core/contract.js";
import { accountRequests } from "../limits.js";
import { billed } from "../prices.js";
import { invalidTableName } from "./names.js";
import { tablePermissions } from "./permissions.js";
import type { TablePolicy } from "./policies.js";
import { openTableStore } from "./table-store.js";

/** The tables of an account and their stored access policies; entities are a type of their own. */
export const tables: ElementType<readonly TablePolicy[]> = {
    name: "tables",
    singular: "table",
    features: {
        modes: ["template", "replication"],
        // In which case the service sorts names is not documented.
        order: "none",
        detail: "items",
        digest: false,
        comparesValues: true,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        // A table has nothing to write a mark on.
        marker: false,
        rewrite: false,
    },
    limits: {
        concurrency: 8,
        rates: [accountRequests],
        requestsPerItem: (mode) => ({ request: mode === "replication" ? 4 : 1 }),
        billed: billed({ table: 4 }, { perPage: "table" }, { table: 1 }),
    },
    options: z.strictObject({
        /** Stored access policies: `true` must be carried, `false` are left out; by default where they can be read. */
        policies: z.boolean().optional(),
    }),
    permissions: (mode, options) => tablePermissions(mode === "replication" && options.policies === true),
    sourceReads: () => false,
    // Creating again answers that it exists, which is looked into. The rest sets a whole state.
    idempotent: (method) => method === "PUT" || method === "DELETE",
    invalidName: invalidTableName,
    key: (name) => name.toLowerCase(),
    compare: (a, b) => {
        const [left, right] = [a.toLowerCase(), b.toLowerCase()];
        return left < right ? -1 : left > right ? 1 : 0;
    },
    open: openTableStore,
};
