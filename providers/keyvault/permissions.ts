import type { BuiltInRole, Mode, Permission, Side } from "../core/contract.js";
import type { PolicyPermissions } from "./access-policies.js";

/** Ids from https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security */
export const roles = {
    reader: { name: "Key Vault Reader", id: "21090545-7ca7-4776-b22c-e363652d74d2" },
    secretsUser: { name: "Key Vault Secrets User", id: "4633458b-17de-408a-b874-0445c86b69e6" },
    secretsOfficer: { name: "Key Vault Secrets Officer", id: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7" },
    cryptoUser: { name: "Key Vault Crypto User", id: "12338af0-0e69-4776-bea7-57ae8d297424" },
    cryptoOfficer: { name: "Key Vault Crypto Officer", id: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603" },
    certificateUser: { name: "Key Vault Certificate User", id: "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba" },
    certificatesOfficer: {
        name: "Key Vault Certificates Officer",
        id: "a4417e6f-fecd-4de8-b567-7b0420556985",
    },
} as const satisfies Record<string, BuiltInRole>;

const readMetadata = "Microsoft.KeyVault/vaults/secrets/readMetadata/action";
const getSecret = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

/**
 * Names of the data actions: https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 * A vault with access policies instead of Azure RBAC takes the permissions of the same name: list, get, set, delete,
 * recover.
 */
export function secretPermissions(mode: Mode): Record<Side, readonly Permission[]> {
    return {
        source: [mode === "template" ? listing : reading],
        target: [mode === "template" ? placing : writing],
    };
}

const listing: Permission = {
    actions: [],
    dataActions: [readMetadata],
    role: roles.reader,
    purpose: "list secrets and their attributes, without their values",
};

const reading: Permission = {
    actions: [],
    dataActions: [readMetadata, getSecret],
    role: roles.secretsUser,
    purpose: "list secrets and read their values",
};

const placing: Permission = {
    actions: [],
    dataActions: [
        readMetadata,
        "Microsoft.KeyVault/vaults/secrets/setSecret/action",
        "Microsoft.KeyVault/vaults/secrets/recover/action",
        "Microsoft.KeyVault/vaults/secrets/delete",
    ],
    role: roles.secretsOfficer,
    purpose: "make placeholders, and recover deleted secrets whose names are needed",
};

const writing: Permission = {
    actions: [],
    dataActions: [
        readMetadata,
        getSecret,
        "Microsoft.KeyVault/vaults/secrets/setSecret/action",
        "Microsoft.KeyVault/vaults/secrets/update/action",
        "Microsoft.KeyVault/vaults/secrets/recover/action",
        "Microsoft.KeyVault/vaults/secrets/delete",
    ],
    role: roles.secretsOfficer,
    purpose: "compare, set, update, recover and delete secrets",
};

/** The same in a vault with access policies: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy */
export function secretPolicies(mode: Mode): Record<Side, PolicyPermissions> {
    return mode === "template"
        ? { source: { secret: ["list"] }, target: { secret: ["list", "set", "recover", "delete"] } }
        : {
              source: { secret: ["list", "get"] },
              target: { secret: ["list", "get", "set", "recover", "delete"] },
          };
}
