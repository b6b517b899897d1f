import type { ResourceType } from "../resource-type.js";

/**
 * The settings of an account's blob service. They are kept and shown; the data plane does not act on them.
 * Source: https://learn.microsoft.com/rest/api/storagerp/blob-services/get-service-properties
 */
export const blobServices: ResourceType = {
    type: "Microsoft.Storage/storageAccounts/blobServices",
    createdStatus: 200,
    implicit: (_id, name) => (name.toLowerCase() === "default" ? { properties: defaults() } : undefined),
    prepare({ record }) {
        record.properties = { ...defaults(), ...record.properties };
    },
};

function defaults(): Record<string, unknown> {
    return {
        cors: { corsRules: [] },
        deleteRetentionPolicy: { enabled: false, allowPermanentDelete: false },
        containerDeleteRetentionPolicy: { enabled: false },
        isVersioningEnabled: false,
    };
}
