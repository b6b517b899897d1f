import type { ElementType } from "../../core/contract.js";
import { shareLimits } from "./limits.js";
import { compareNames } from "../names.js";
import { invalidShareName } from "./names.js";
import { shareOptions } from "./options.js";
import { sharePermissions } from "./permissions.js";
import { openShareStore } from "./share-store.js";

/** The file shares of an account: quota, access tier, metadata, stored access policies. */
export const shares: ElementType<null> = {
    name: "shares",
    singular: "share",
    features: {
        modes: ["template", "replication"],
        order: "key",
        detail: "items",
        digest: false,
        // A share has no content of its own: two are always alike, and their properties tell.
        comparesValues: true,
        keepsVersions: false,
        // Only where the account has soft delete of shares switched on.
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: shareLimits,
    options: shareOptions,
    permissions: () => sharePermissions,
    sourceReads: () => false,
    // Creating again answers that it exists, which the store looks into. The rest sets a whole state.
    idempotent: (method) => method === "PUT" || method === "DELETE",
    invalidName: invalidShareName,
    key: (name) => name,
    compare: compareNames,
    open: openShareStore,
};
