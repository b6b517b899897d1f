import type { BuiltInRole, Permission, Side } from "../core/contract.js";

/** Ids from https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const roles = {
    reader: { name: "Storage Blob Data Reader", id: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1" },
    contributor: { name: "Storage Blob Data Contributor", id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe" },
    owner: { name: "Storage Blob Data Owner", id: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b" },
    accountReader: { name: "Reader", id: "acdd72a7-3385-48ef-bd42-f606fba81ae7" },
    accountContributor: {
        name: "Storage Account Contributor",
        id: "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    },
} as const satisfies Record<string, BuiltInRole>;

/**
 * Which operation needs which action:
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations
 */
const container = "Microsoft.Storage/storageAccounts/blobServices/containers";
const blob = `${container}/blobs`;

/** `acl`: stored access policies or public access must be carried, not only where the right is there. */
export function containerPermissions(acl: boolean): Record<Side, readonly Permission[]> {
    return {
        source: [
            {
                actions: [`${container}/read`],
                dataActions: [],
                role: roles.reader,
                purpose: "list containers and their metadata",
            },
            ...(acl
                ? [
                      {
                          actions: [`${container}/getAcl/action`],
                          dataActions: [],
                          role: roles.owner,
                          purpose: "read stored access policies",
                      },
                  ]
                : []),
        ],
        target: [
            {
                actions: [`${container}/read`, `${container}/write`, `${container}/delete`],
                dataActions: [`${blob}/read`],
                role: roles.contributor,
                purpose: "list, create, change and (where they are empty) delete containers",
            },
            ...(acl
                ? [
                      {
                          actions: [`${container}/getAcl/action`, `${container}/setAcl/action`],
                          dataActions: [],
                          role: roles.owner,
                          purpose: "read and set stored access policies and public access",
                      },
                  ]
                : []),
        ],
    };
}

/** To set access control. https://learn.microsoft.com/azure/role-based-access-control/permissions/storage#microsoftstorage */
const controlAccess: Permission = {
    actions: [],
    dataActions: [`${blob}/manageOwnership/action`, `${blob}/modifyPermissions/action`],
    role: roles.owner,
    purpose: "set owners and access control lists",
};

/** `access`: access control must be carried, not only where the right is there. */
export function directoryPermissions(access: boolean): Record<Side, readonly Permission[]> {
    return {
        source: [
            {
                actions: [`${container}/read`],
                dataActions: [`${blob}/read`],
                role: roles.reader,
                purpose: "list containers and directories",
            },
        ],
        target: [
            {
                actions: [`${container}/read`],
                dataActions: [`${blob}/read`, `${blob}/write`, `${blob}/delete`],
                role: roles.contributor,
                purpose: "list, make and delete directories",
            },
            ...(access ? [controlAccess] : []),
        ],
    };
}

/** `tags`, `access`: index tags, access control must be carried, not only where the right is there. */
export function blobPermissions(tags: boolean, access: boolean): Record<Side, readonly Permission[]> {
    return {
        source: [
            {
                actions: [`${container}/read`],
                dataActions: [`${blob}/read`],
                role: roles.reader,
                purpose: "list containers, and list and read blobs",
            },
            ...(tags
                ? [
                      {
                          actions: [],
                          dataActions: [`${blob}/tags/read`],
                          role: roles.owner,
                          purpose: "read the index tags of blobs",
                      },
                  ]
                : []),
        ],
        target: [
            {
                actions: [`${container}/read`],
                dataActions: [`${blob}/read`, `${blob}/write`, `${blob}/delete`],
                role: roles.contributor,
                purpose: "list, write and delete blobs",
            },
            ...(tags
                ? [
                      {
                          actions: [],
                          dataActions: [`${blob}/tags/read`, `${blob}/tags/write`],
                          role: roles.owner,
                          purpose: "read and set the index tags of blobs",
                      },
                  ]
                : []),
            ...(access ? [controlAccess] : []),
        ],
    };
}

/** Settings of services are no data: roles for data don't have them. */
export function servicePropertyPermissions(services: readonly string[]): Record<Side, readonly Permission[]> {
    const account = "Microsoft.Storage/storageAccounts";
    const actions = (...verbs: string[]): string[] =>
        services.flatMap((service) => verbs.map((verb) => `${account}/${service}Services/${verb}`));
    const those = `the settings of the ${services.join(", ")} ${services.length === 1 ? "service" : "services"}`;
    return {
        source: [
            {
                actions: actions("read"),
                dataActions: [],
                role: roles.accountReader,
                purpose: `read ${those}`,
            },
        ],
        target: [
            {
                actions: actions("read", "write"),
                dataActions: [],
                role: roles.accountContributor,
                purpose: `read and set ${those}`,
            },
        ],
    };
}
