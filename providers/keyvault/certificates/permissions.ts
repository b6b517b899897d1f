import type { Mode, Permission, Side } from "../../core/contract.js";
import type { PolicyPermissions } from "../access-policies.js";
import { roles } from "../permissions.js";

type Options = Readonly<Record<string, unknown>>;

const prefix = "Microsoft.KeyVault/vaults/certificates";
const read = `${prefix}/read`;

/**
 * Names of the data actions: https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 *
 * Backups take more than this at the source (`certificates/backup/action`), and are made where the caller may.
 */
export function certificatePermissions(mode: Mode, options: Options): Record<Side, readonly Permission[]> {
    return {
        source: [mode === "template" ? listing : reading],
        target: [mode === "template" ? placing : writing(options)],
    };
}

const listing: Permission = {
    actions: [],
    dataActions: [read],
    role: roles.reader,
    purpose: "list certificates and their policies, without private keys",
};

const reading: Permission = {
    actions: [],
    dataActions: [read, "Microsoft.KeyVault/vaults/secrets/getSecret/action"],
    role: roles.certificateUser,
    purpose: "list certificates and read their private keys, which are in the secrets behind them",
};

const placing: Permission = {
    actions: [],
    dataActions: [read, `${prefix}/create/action`, `${prefix}/update/action`, `${prefix}/recover/action`],
    role: roles.certificatesOfficer,
    purpose: "make certificates from policies, and recover deleted ones whose names are needed",
};

function writing({ onUnexportable }: Options): Permission {
    return {
        actions: [],
        dataActions: [
            read,
            `${prefix}/import/action`,
            `${prefix}/update/action`,
            `${prefix}/recover/action`,
            `${prefix}/delete`,
            ...(onUnexportable === "recreate" ? [`${prefix}/create/action`] : []),
        ],
        role: roles.certificatesOfficer,
        purpose: "compare, import, update, recover and delete certificates",
    };
}

/** The same in a vault with access policies: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy */
export function certificatePolicies(mode: Mode, options: Options): Record<Side, PolicyPermissions> {
    if (mode === "template") {
        return {
            source: { certificate: ["list", "get"] },
            target: { certificate: ["list", "get", "create", "update", "recover"] },
        };
    }
    const creates = options.onUnexportable === "recreate" ? ["create"] : [];
    return {
        source: { certificate: ["list", "get"], secret: ["get"] },
        target: { certificate: ["list", "get", "import", "update", "recover", "delete", ...creates] },
    };
}
