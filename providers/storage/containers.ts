import type { ElementType } from "../core/contract.js";
import { openContainerStore } from "./container-store.js";
import { containerLimits } from "./limits.js";
import { compareNames, invalidContainerName } from "./names.js";
import { containerOptions } from "./options.js";
import { containerPermissions } from "./permissions.js";

/** The blob containers of an account: metadata, stored access policies, on demand public access. */
export const containers: ElementType<null> = {
    name: "containers",
    singular: "container",
    features: {
        modes: ["template", "replication"],
        order: "key",
        detail: "items",
        digest: false,
        // A container has no content: two are always alike, and their properties tell.
        comparesValues: true,
        keepsVersions: false,
        // Only where the account has container soft delete switched on.
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: containerLimits,
    options: containerOptions,
    permissions: (mode, options) =>
        containerPermissions(
            mode === "replication" && (options.publicAccess === true || options.policies === true),
        ),
    sourceReads: () => false,
    // Creating again answers that it exists, which the store looks into. The rest sets a whole state.
    idempotent: (method) => method === "PUT" || method === "DELETE",
    invalidName: invalidContainerName,
    key: (name) => name,
    compare: compareNames,
    open: openContainerStore,
};
