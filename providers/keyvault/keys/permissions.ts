import type { Mode, Permission, Side } from "../../core/contract.js";
import type { PolicyPermissions } from "../access-policies.js";
import { roles } from "../permissions.js";

/** https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault */
const action = {
    read: "Microsoft.KeyVault/vaults/keys/read",
    backup: "Microsoft.KeyVault/vaults/keys/backup/action",
    restore: "Microsoft.KeyVault/vaults/keys/restore/action",
    create: "Microsoft.KeyVault/vaults/keys/create/action",
    update: "Microsoft.KeyVault/vaults/keys/update/action",
    recover: "Microsoft.KeyVault/vaults/keys/recover/action",
    delete: "Microsoft.KeyVault/vaults/keys/delete",
    readPolicy: "Microsoft.KeyVault/vaults/keyrotationpolicies/read",
    writePolicy: "Microsoft.KeyVault/vaults/keyrotationpolicies/write",
} as const;

/**
 * What a principal needs on each side. Reader has all reads but not `backup`, which of the roles that change nothing
 * only Crypto User has.
 */
export function keyPermissions(mode: Mode, recreates: boolean): Record<Side, readonly Permission[]> {
    return mode === "template"
        ? { source: [reading], target: [placing] }
        : { source: [reading, backingUp], target: [recreates ? writingAll : writing] };
}

/** The same in a vault with access policies: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy */
export function keyPolicies(mode: Mode, recreates: boolean): Record<Side, PolicyPermissions> {
    const reads = ["list", "get", "getrotationpolicy"];
    if (mode === "template") {
        return {
            source: { key: reads },
            target: { key: [...reads, "create", "recover", "setrotationpolicy"] },
        };
    }
    const writes = ["restore", "update", "recover", "delete", "setrotationpolicy"];
    return {
        source: { key: [...reads, "backup"] },
        target: { key: [...reads, ...writes, ...(recreates ? ["create"] : [])] },
    };
}

const reading: Permission = {
    actions: [],
    dataActions: [action.read, action.readPolicy],
    role: roles.reader,
    purpose: "list keys, their attributes and rotation policies",
};

const backingUp: Permission = {
    actions: [],
    dataActions: [action.backup],
    role: roles.cryptoUser,
    purpose: "back keys up, which is how they get to another vault",
};

const placing: Permission = {
    actions: [],
    dataActions: [action.read, action.readPolicy, action.create, action.recover, action.writePolicy],
    role: roles.cryptoOfficer,
    purpose: "make keys of the same kinds, with their rotation policies, and recover such keys",
};

const writing: Permission = {
    actions: [],
    dataActions: [
        action.read,
        action.readPolicy,
        action.restore,
        action.update,
        action.recover,
        action.delete,
        action.writePolicy,
    ],
    role: roles.cryptoOfficer,
    purpose: "restore, update, recover and delete keys",
};

const writingAll: Permission = {
    ...writing,
    dataActions: [...writing.dataActions, action.create],
    purpose: "restore, create, update, recover and delete keys",
};
