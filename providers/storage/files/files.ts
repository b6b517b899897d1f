import type { ElementType } from "../../core/contract.js";
import type { FileContent } from "./file-content.js";
import { openFileStore } from "./file-store.js";
import { fileLimits } from "./limits.js";
import { compareFileNames, fileKey, invalidFileName } from "./names.js";
import { fileOptions } from "./options.js";
import { filePermissions } from "./permissions.js";

/** The files and directories in an account's SMB shares, named `share/path/of/file`; the shares are a type of their own. */
export const files: ElementType<FileContent> = {
    name: "files",
    singular: "file",
    after: ["shares"],
    features: {
        // An empty file under a real name would be a trap: there is no template of files.
        modes: ["replication"],
        order: "key",
        detail: "groups",
        // Listings of the service show no digest of content.
        digest: false,
        comparesValues: false,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: true,
        rename: false,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: fileLimits,
    options: fileOptions,
    permissions: () => filePermissions,
    sourceReads: () => false,
    // The service knows no conditions: each request sets a whole state, and a range is the same written twice.
    idempotent: (method) => method === "PUT" || method === "DELETE",
    invalidName: invalidFileName,
    key: fileKey,
    compare: compareFileNames,
    open: (resource, context) => openFileStore(resource, context),
};
