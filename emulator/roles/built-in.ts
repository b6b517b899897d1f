import type { Permissions } from "./matching.js";

/** A role definition. */
export interface RoleDefinition {
    /** The GUID. That of a built-in role is the same in every tenant. */
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly type: "BuiltInRole" | "CustomRole";
    readonly permissions: readonly Permissions[];
    /** Where it may be assigned. `/` for built-in roles. */
    readonly assignableScopes: readonly string[];
}

/** What most roles of a service have beside their own actions. */
const common = [
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
];

const keyVaultCommon = [
    ...common,
    "Microsoft.KeyVault/checkNameAvailability/read",
    "Microsoft.KeyVault/deletedVaults/read",
    "Microsoft.KeyVault/locations/*/read",
    "Microsoft.KeyVault/vaults/*/read",
    "Microsoft.KeyVault/operations/read",
];

const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const containers = "Microsoft.Storage/storageAccounts/blobServices/containers";
const files = "Microsoft.Storage/storageAccounts/fileServices";
const queues = "Microsoft.Storage/storageAccounts/queueServices/queues";
const tables = "Microsoft.Storage/storageAccounts/tableServices/tables";
const delegationKey = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action";

function builtIn(id: string, name: string, description: string, given: Partial<Permissions>): RoleDefinition {
    const permissions = { actions: [], notActions: [], dataActions: [], notDataActions: [], ...given };
    return {
        id,
        name,
        description,
        type: "BuiltInRole",
        permissions: [permissions],
        assignableScopes: ["/"],
    };
}

/**
 * Built-in roles with their real ids and permissions: those that the services of the local Azure know how to check.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles (privileged, security, storage,
 * web-and-mobile; as of 2026-07)
 */
export const builtInRoles: readonly RoleDefinition[] = [
    builtIn(
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "Owner",
        "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
        { actions: ["*"] },
    ),
    builtIn(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC, manage " +
            "assignments in Azure Blueprints, or share image galleries.",
        {
            actions: ["*"],
            notActions: [
                "Microsoft.Authorization/*/Delete",
                "Microsoft.Authorization/*/Write",
                "Microsoft.Authorization/elevateAccess/Action",
                "Microsoft.Blueprint/blueprintAssignments/write",
                "Microsoft.Blueprint/blueprintAssignments/delete",
                "Microsoft.Compute/galleries/share/action",
                "Microsoft.Purview/consents/write",
                "Microsoft.Purview/consents/delete",
                "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
                "Microsoft.Subscription/cancel/action",
                "Microsoft.Subscription/enable/action",
            ],
        },
    ),
    builtIn(
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Reader",
        "View all resources, but does not allow you to make any changes.",
        { actions: ["*/read"] },
    ),
    builtIn(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        "Lets you manage user access to Azure resources.",
        { actions: ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"] },
    ),
    builtIn(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        "Manage access to Azure resources by assigning roles using Azure RBAC. This role does not allow you to manage " +
            "access using other ways, such as Azure Policy.",
        {
            actions: [
                "Microsoft.Authorization/roleAssignments/write",
                "Microsoft.Authorization/roleAssignments/delete",
                "*/read",
                "Microsoft.Support/*",
            ],
        },
    ),
    builtIn(
        "f25e0fa2-a7c8-4377-a976-54943a77a395",
        "Key Vault Contributor",
        "Lets you manage key vaults, but not access to them.",
        {
            actions: [...common, "Microsoft.KeyVault/*"],
            notActions: [
                "Microsoft.KeyVault/locations/deletedVaults/purge/action",
                "Microsoft.KeyVault/hsmPools/*",
                "Microsoft.KeyVault/managedHsms/*",
            ],
        },
    ),
    builtIn(
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Administrator",
        "Perform all data plane operations on a key vault and all objects in it, including certificates, keys, and " +
            "secrets. Cannot manage key vault resources or manage role assignments. Only works for key vaults that use " +
            "the 'Azure role-based access control' permission model.",
        { actions: keyVaultCommon, dataActions: ["Microsoft.KeyVault/vaults/*"] },
    ),
    builtIn(
        "21090545-7ca7-4776-b22c-e363652d74d2",
        "Key Vault Reader",
        "Read metadata of key vaults and its certificates, keys, and secrets. Cannot read sensitive values such as " +
            "secret contents or key material. Only works for key vaults that use the 'Azure role-based access control' " +
            "permission model.",
        {
            actions: keyVaultCommon,
            dataActions: [
                "Microsoft.KeyVault/vaults/*/read",
                "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
            ],
        },
    ),
    builtIn(
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Key Vault Secrets Officer",
        "Perform any action on the secrets of a key vault, except manage permissions. Only works for key vaults that " +
            "use the 'Azure role-based access control' permission model.",
        { actions: keyVaultCommon, dataActions: ["Microsoft.KeyVault/vaults/secrets/*"] },
    ),
    builtIn(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        "Read secret contents. Only works for key vaults that use the 'Azure role-based access control' permission " +
            "model.",
        {
            dataActions: [
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
            ],
        },
    ),
    builtIn(
        "a4417e6f-fecd-4de8-b567-7b0420556985",
        "Key Vault Certificates Officer",
        "Perform any action on the certificates of a key vault, except manage permissions. Only works for key vaults " +
            "that use the 'Azure role-based access control' permission model.",
        {
            actions: keyVaultCommon,
            dataActions: [
                "Microsoft.KeyVault/vaults/certificatecas/*",
                "Microsoft.KeyVault/vaults/certificates/*",
                "Microsoft.KeyVault/vaults/certificatecontacts/write",
            ],
        },
    ),
    builtIn(
        "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
        "Key Vault Certificate User",
        "Read certificate contents. Only works for key vaults that use the 'Azure role-based access control' permission " +
            "model.",
        {
            dataActions: [
                "Microsoft.KeyVault/vaults/certificates/read",
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
                "Microsoft.KeyVault/vaults/keys/read",
            ],
        },
    ),
    builtIn(
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        "Key Vault Crypto Officer",
        "Perform any action on the keys of a key vault, except manage permissions. Only works for key vaults that use " +
            "the 'Azure role-based access control' permission model.",
        {
            actions: keyVaultCommon,
            dataActions: [
                "Microsoft.KeyVault/vaults/keys/*",
                "Microsoft.KeyVault/vaults/keyrotationpolicies/*",
            ],
        },
    ),
    builtIn(
        "12338af0-0e69-4776-bea7-57ae8d297424",
        "Key Vault Crypto User",
        "Perform cryptographic operations using keys. Only works for key vaults that use the 'Azure role-based access " +
            "control' permission model.",
        {
            dataActions: [
                "Microsoft.KeyVault/vaults/keys/read",
                "Microsoft.KeyVault/vaults/keys/update/action",
                "Microsoft.KeyVault/vaults/keys/backup/action",
                "Microsoft.KeyVault/vaults/keys/encrypt/action",
                "Microsoft.KeyVault/vaults/keys/decrypt/action",
                "Microsoft.KeyVault/vaults/keys/wrap/action",
                "Microsoft.KeyVault/vaults/keys/unwrap/action",
                "Microsoft.KeyVault/vaults/keys/sign/action",
                "Microsoft.KeyVault/vaults/keys/verify/action",
            ],
        },
    ),
    builtIn(
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        "Lets you manage storage accounts, including accessing storage account keys which provide full access to " +
            "storage account data.",
        {
            actions: [
                ...common,
                "Microsoft.Insights/diagnosticSettings/*",
                "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
                "Microsoft.ResourceHealth/availabilityStatuses/read",
                "Microsoft.Storage/storageAccounts/*",
            ],
        },
    ),
    builtIn(
        "81a9662b-bebf-436f-a333-f67b29880f12",
        "Storage Account Key Operator Service Role",
        "Storage Account Key Operators are allowed to list and regenerate keys on Storage Accounts",
        {
            actions: [
                "Microsoft.Storage/storageAccounts/listkeys/action",
                "Microsoft.Storage/storageAccounts/regeneratekey/action",
            ],
        },
    ),
    builtIn(
        "c12c1c16-33a1-487b-954d-41c89c60f349",
        "Reader and Data Access",
        "Lets you view everything but will not let you delete or create a storage account or contained resource. It " +
            "will also allow read/write access to all data contained in a storage account via access to storage " +
            "account keys.",
        {
            actions: [
                "Microsoft.Storage/storageAccounts/listKeys/action",
                "Microsoft.Storage/storageAccounts/ListAccountSas/action",
                "Microsoft.Storage/storageAccounts/read",
            ],
        },
    ),
    builtIn(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        "Allows for read access to Azure Storage blob containers and data",
        { actions: [`${containers}/read`, delegationKey], dataActions: [`${blobs}/read`] },
    ),
    builtIn(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        "Allows for read, write and delete access to Azure Storage blob containers and data",
        {
            actions: [`${containers}/delete`, `${containers}/read`, `${containers}/write`, delegationKey],
            dataActions: [
                `${blobs}/delete`,
                `${blobs}/read`,
                `${blobs}/write`,
                `${blobs}/move/action`,
                `${blobs}/add/action`,
            ],
        },
    ),
    builtIn(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        "Allows for full access to Azure Storage blob containers and data, including assigning POSIX access control.",
        { actions: [`${containers}/*`, delegationKey], dataActions: [`${blobs}/*`] },
    ),
    builtIn(
        "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
        "Storage Blob Delegator",
        "Allows for generation of a user delegation key which can be used to sign SAS tokens",
        { actions: [delegationKey] },
    ),
    builtIn(
        "19e7f393-937e-4f77-808e-94535e297925",
        "Storage Queue Data Reader",
        "Allows for read access to Azure Storage queues and queue messages",
        { actions: [`${queues}/read`], dataActions: [`${queues}/messages/read`] },
    ),
    builtIn(
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "Storage Queue Data Contributor",
        "Allows for read, write, and delete access to Azure Storage queues and queue messages",
        {
            actions: [`${queues}/delete`, `${queues}/read`, `${queues}/write`],
            dataActions: [
                `${queues}/messages/delete`,
                `${queues}/messages/read`,
                `${queues}/messages/write`,
                `${queues}/messages/process/action`,
            ],
        },
    ),
    builtIn(
        "8a0f0c08-91a1-4084-bc3d-661d67233fed",
        "Storage Queue Data Message Processor",
        "Allows for peek, receive, and delete access to Azure Storage queue messages",
        { dataActions: [`${queues}/messages/read`, `${queues}/messages/process/action`] },
    ),
    builtIn(
        "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
        "Storage Queue Data Message Sender",
        "Allows for sending of Azure Storage queue messages",
        { dataActions: [`${queues}/messages/add/action`] },
    ),
    builtIn(
        "b8eda974-7b85-4f76-af95-65846b26df6d",
        "Storage File Data Privileged Reader",
        "Customer has read access on Azure Storage file shares.",
        {
            dataActions: [`${files}/fileshares/files/read`, `${files}/readFileBackupSemantics/action`],
        },
    ),
    builtIn(
        "69566ab7-960f-475b-8e7c-b3118f30c6bd",
        "Storage File Data Privileged Contributor",
        "Customer has read, write, delete and modify NTFS permission access on Azure Storage file shares.",
        {
            dataActions: [
                `${files}/fileshares/files/read`,
                `${files}/fileshares/files/write`,
                `${files}/fileshares/files/delete`,
                `${files}/fileshares/files/modifypermissions/action`,
                `${files}/readFileBackupSemantics/action`,
                `${files}/writeFileBackupSemantics/action`,
            ],
        },
    ),
    builtIn(
        "76199698-9eea-4c19-bc75-cec21354c6b6",
        "Storage Table Data Reader",
        "Allows for read access to Azure Storage tables and entities",
        { actions: [`${tables}/read`], dataActions: [`${tables}/entities/read`] },
    ),
    builtIn(
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "Storage Table Data Contributor",
        "Allows for read, write and delete access to Azure Storage tables and entities",
        {
            actions: [`${tables}/read`, `${tables}/write`, `${tables}/delete`],
            dataActions: [
                `${tables}/entities/read`,
                `${tables}/entities/write`,
                `${tables}/entities/delete`,
                `${tables}/entities/add/action`,
                `${tables}/entities/update/action`,
            ],
        },
    ),
    builtIn(
        "de139f84-1756-47ae-9be6-808fbbe84772",
        "Website Contributor",
        "Lets you manage websites (not web plans), but not access to them.",
        {
            actions: [
                ...common,
                "Microsoft.Insights/components/*",
                "Microsoft.ResourceHealth/availabilityStatuses/read",
                "Microsoft.Web/certificates/*",
                "Microsoft.Web/listSitesAssignedToHostName/read",
                "Microsoft.Web/serverFarms/join/action",
                "Microsoft.Web/serverFarms/read",
                "Microsoft.Web/sites/*",
            ],
        },
    ),
];
