import { z } from "zod";
import type { ElementType, Permission, Side } from "../../core/contract.js";
import { explainPolicies, policyAccess, type PolicyPermissions } from "../access-policies.js";
import { vaultLimits } from "../limits.js";
import { compareNames, foldName } from "../names.js";
import { roles } from "../permissions.js";
import { openContactStore } from "./store.js";

/** Who is told by e-mail about a vault's certificates; each contact is an item, named by its address. */
export const contacts: ElementType<null> = {
    name: "contacts",
    singular: "contact",
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
    limits: vaultLimits(() => ({ read: 2 })),
    options: z.strictObject({}),
    permissions: () => permissions,
    sourceReads: () => false,
    // The whole list is set, or deleted.
    idempotent: () => true,
    invalidName: (name) =>
        /^[^@\s]+@[^@\s]+$/.test(name) ? undefined : "a contact is named by its e-mail address",
    key: foldName,
    compare: compareNames,
    denied: (denial) => explainPolicies(denial, policies),
    ownAccess: (question) => policyAccess(question, policies),
    open: openContactStore,
};

/**
 * There is one data action for all that concerns contacts, reading too, and no role for readers has it:
 * https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 */
const manage = (purpose: string): Permission => ({
    actions: [],
    dataActions: ["Microsoft.KeyVault/vaults/certificatecontacts/write"],
    role: roles.certificatesOfficer,
    purpose,
});

const permissions: Record<Side, readonly Permission[]> = {
    source: [manage("read the contacts for certificates")],
    target: [manage("read and set the contacts for certificates")],
};

/** https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#certificate-access-control */
const policies: Record<Side, PolicyPermissions> = {
    source: { certificate: ["managecontacts"] },
    target: { certificate: ["managecontacts"] },
};
