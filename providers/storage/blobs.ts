import type { ElementType } from "../core/contract.js";
import type { BlobContent } from "./blob-content.js";
import { openHierarchicalBlobStore } from "./datalake/hierarchical-blob-store.js";
import { setsAccess } from "./datalake/access-control.js";
import { blobLimits } from "./limits.js";
import { compareBlobNames, invalidBlobName } from "./names.js";
import { blobOptions } from "./options.js";
import { blobPermissions } from "./permissions.js";

/** The blobs of an account, named `container/path/of/blob`; the containers are a type of their own. */
export const blobs: ElementType<BlobContent> = {
    name: "blobs",
    singular: "blob",
    after: ["containers", "directories"],
    features: {
        // An empty blob under a real name would be a trap: there is no template of blobs.
        modes: ["replication"],
        order: "key",
        detail: "groups",
        digest: true,
        comparesValues: false,
        // Versioning and soft delete are settings of the account, and off by default.
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: true,
        rename: false,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: blobLimits,
    options: blobOptions,
    permissions: (_mode, options) => blobPermissions(options.tags === true, options.accessControl === true),
    // A user delegation key is made of the account's secrets and leaves no trace:
    // https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key
    sourceReads: (method, url) =>
        method === "POST" && url.pathname === "/" && url.searchParams.get("comp") === "userdelegationkey",
    // Writes are conditional: one that was done already is refused when it is sent again, which the store looks into.
    // Only a snapshot is taken anew each time.
    idempotent: (method, url) =>
        (method === "PUT" && url.searchParams.get("comp") !== "snapshot") ||
        method === "DELETE" ||
        setsAccess(method, url),
    invalidName: invalidBlobName,
    key: (name) => name,
    compare: compareBlobNames,
    open: (resource, context) => openHierarchicalBlobStore(resource, context),
};
