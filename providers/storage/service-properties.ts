import type { ElementType } from "../core/contract.js";
import { containerLimits } from "./limits.js";
import { compareNames } from "./names.js";
import { servicePropertyOptions } from "./options.js";
import { servicePropertyPermissions } from "./permissions.js";
import { invalidPropertyName } from "./service-property-item.js";
import { openServicePropertyStore } from "./service-property-store.js";

/**
 * The settings of an account's services that their data planes know: rules of CORS, static website, soft delete, logging,
 * metrics, SMB.
 */
export const serviceProperties: ElementType<null> = {
    name: "serviceProperties",
    singular: "setting",
    features: {
        modes: ["template", "replication"],
        order: "none",
        detail: "items",
        digest: false,
        comparesValues: true,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: false,
        rename: false,
        overrides: false,
        marker: false,
        rewrite: false,
    },
    limits: { ...containerLimits, requestsPerItem: () => ({ request: 3 }) },
    options: servicePropertyOptions,
    permissions: (_mode, options) =>
        servicePropertyPermissions(servicePropertyOptions.parse(options).services ?? ["blob"]),
    sourceReads: () => false,
    // A setting is set as a whole.
    idempotent: (method) => method === "PUT",
    invalidName: invalidPropertyName,
    key: (name) => name,
    compare: compareNames,
    open: openServicePropertyStore,
};
