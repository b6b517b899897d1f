import type { BuiltInRole, Permission, Side } from "../../core/contract.js";

/** Ids from https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage */
const roles = {
    reader: { name: "Storage File Data Privileged Reader", id: "b8eda974-7b85-4f76-af95-65846b26df6d" },
    contributor: {
        name: "Storage File Data Privileged Contributor",
        id: "69566ab7-960f-475b-8e7c-b3118f30c6bd",
    },
    accountReader: { name: "Reader", id: "acdd72a7-3385-48ef-bd42-f606fba81ae7" },
    accountContributor: {
        name: "Storage Account Contributor",
        id: "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    },
} as const satisfies Record<string, BuiltInRole>;

/**
 * Which operation needs which action:
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-file-service-operations
 * and, with the intent `backup`, https://learn.microsoft.com/azure/storage/files/authorize-oauth-rest#privileged-access-and-access-permissions-for-data-operations
 */
const service = "Microsoft.Storage/storageAccounts/fileServices";
const files = `${service}/fileshares/files`;
const reading = [`${files}/read`, `${service}/readFileBackupSemantics/action`];

const listShares: Permission = {
    actions: [`${service}/shares/read`],
    dataActions: [],
    role: roles.accountReader,
    purpose: "list shares and their settings",
};

export const sharePermissions: Record<Side, readonly Permission[]> = {
    source: [listShares],
    target: [
        {
            actions: [`${service}/shares/read`, `${service}/shares/write`, `${service}/shares/delete`],
            dataActions: [],
            role: roles.accountContributor,
            purpose: "list, create, change and (where they are empty) delete shares",
        },
        {
            actions: [],
            dataActions: reading,
            role: roles.reader,
            purpose: "see whether a share is empty before it is deleted",
        },
    ],
};

export const filePermissions: Record<Side, readonly Permission[]> = {
    source: [
        listShares,
        {
            actions: [],
            dataActions: reading,
            role: roles.reader,
            purpose: "list and read files past their own permissions",
        },
    ],
    target: [
        listShares,
        {
            actions: [],
            dataActions: [
                ...reading,
                `${files}/write`,
                `${files}/delete`,
                `${files}/modifypermissions/action`,
                `${service}/writeFileBackupSemantics/action`,
            ],
            role: roles.contributor,
            purpose: "list, write and delete files past their own permissions, and set those",
        },
    ],
};
