import type { ElementType } from "../../core/contract.js";
import { containerLimits } from "../limits.js";
import { compareNames, invalidBlobName, invalidContainerName } from "../names.js";
import { directoryOptions } from "../options.js";
import { directoryPermissions } from "../permissions.js";
import { setsAccess } from "./access-control.js";
import { openDirectoryStore } from "./directory-store.js";

/**
 * The directories of an account with a hierarchical namespace, named `container/path`, and the root directory of each
 * container, named as that: metadata, owner, group and access control list. Files are `blobs`.
 */
export const directories: ElementType<null> = {
    name: "directories",
    singular: "directory",
    after: ["containers"],
    features: {
        modes: ["template", "replication"],
        order: "none",
        detail: "groups",
        digest: false,
        comparesValues: true,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: { ...containerLimits, requestsPerItem: () => ({ request: 2 }) },
    options: directoryOptions,
    permissions: (mode, options) =>
        directoryPermissions(mode === "replication" && options.accessControl === true),
    sourceReads: () => false,
    // Making again and removing again are refused, which the store looks into.
    idempotent: (method, url) => method === "PUT" || method === "DELETE" || setsAccess(method, url),
    invalidName: (name) => (name.includes("/") ? invalidBlobName(name) : invalidContainerName(name)),
    key: (name) => name,
    compare: compareNames,
    open: openDirectoryStore,
};
