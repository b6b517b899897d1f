import type { BuiltInRole, Permission, Side } from "../../core/contract.js";

/** Ids from https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage */
const roles = {
    reader: { name: "Storage Table Data Reader", id: "76199698-9eea-4c19-bc75-cec21354c6b6" },
    contributor: { name: "Storage Table Data Contributor", id: "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3" },
    accountContributor: {
        name: "Storage Account Contributor",
        id: "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    },
} as const satisfies Record<string, BuiltInRole>;

/** https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-table-service-operations */
const table = "Microsoft.Storage/storageAccounts/tableServices/tables";
const entity = `${table}/entities`;

/** `acl`: stored access policies must be carried, not only where the right is there. */
export function tablePermissions(acl: boolean): Record<Side, readonly Permission[]> {
    const list = [`${table}/read`];
    return {
        source: [
            { actions: list, dataActions: [], role: roles.reader, purpose: "list tables" },
            ...(acl ? [policies([`${table}/getAcl/action`], "read stored access policies")] : []),
        ],
        target: [
            {
                actions: [...list, `${table}/write`, `${table}/delete`],
                dataActions: [`${entity}/read`],
                role: roles.contributor,
                purpose: "list, create and (where they are empty) delete tables",
            },
            ...(acl
                ? [
                      policies(
                          [`${table}/getAcl/action`, `${table}/setAcl/action`],
                          "read and set stored access policies",
                      ),
                  ]
                : []),
        ],
    };
}

/** No role for data has these actions. */
function policies(actions: readonly string[], purpose: string): Permission {
    return { actions, dataActions: [], role: roles.accountContributor, purpose };
}

export const entityPermissions: Record<Side, readonly Permission[]> = {
    source: [
        {
            actions: [`${table}/read`],
            dataActions: [`${entity}/read`],
            role: roles.reader,
            purpose: "list tables and read their entities",
        },
    ],
    target: [
        {
            actions: [`${table}/read`],
            dataActions: [`${entity}/read`, `${entity}/write`, `${entity}/delete`],
            role: roles.contributor,
            purpose: "list tables, and read, write and delete entities",
        },
    ],
};
