import { z } from "zod";
import type { ElementType, Permission, Side } from "../../core/contract.js";
import { explainPolicies, policyAccess, type PolicyPermissions } from "../access-policies.js";
import { vaultLimits } from "../limits.js";
import { compareNames, foldName } from "../names.js";
import { roles } from "../permissions.js";
import { openIssuerStore, type IssuerContent } from "./store.js";

/** The certificate authorities that a vault orders certificates from, with accounts and administrators. */
export const issuers: ElementType<IssuerContent> = {
    name: "issuers",
    singular: "issuer",
    features: {
        modes: ["template", "replication"],
        order: "none",
        detail: "items",
        digest: false,
        comparesValues: true,
        keepsVersions: false,
        softDelete: false,
        serverSideCopy: false,
        // Policies of certificates name their issuer.
        rename: false,
        overrides: true,
        // An issuer has no tags.
        marker: false,
        rewrite: false,
    },
    limits: vaultLimits(() => ({ read: 3 })),
    options: z.strictObject({}),
    permissions: () => permissions,
    sourceReads: () => false,
    // Setting, changing and deleting twice is the same as once.
    idempotent: () => true,
    invalidName: (name) =>
        /^[^/?#]{1,127}$/.test(name) ? undefined : "an issuer's name has 1 to 127 characters, none of / ? #",
    key: foldName,
    compare: compareNames,
    override: (value) => ({ password: value }),
    denied: (denial) => explainPolicies(denial, policies),
    ownAccess: (question) => policyAccess(question, policies),
    open: openIssuerStore,
};

const prefix = "Microsoft.KeyVault/vaults/certificatecas";

/** https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault */
const permissions: Record<Side, readonly Permission[]> = {
    source: [
        {
            actions: [],
            dataActions: [`${prefix}/read`],
            role: roles.reader,
            purpose: "list the issuers of certificates",
        },
    ],
    target: [
        {
            actions: [],
            dataActions: [`${prefix}/read`, `${prefix}/write`, `${prefix}/delete`],
            role: roles.certificatesOfficer,
            purpose: "compare, set, change and delete the issuers of certificates",
        },
    ],
};

/** https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#certificate-access-control */
const policies: Record<Side, PolicyPermissions> = {
    source: { certificate: ["listissuers", "getissuers"] },
    target: { certificate: ["listissuers", "getissuers", "setissuers", "deleteissuers"] },
};
