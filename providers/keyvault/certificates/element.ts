import type { ElementType } from "../../core/contract.js";
import { explainPolicies, policyAccess } from "../access-policies.js";
import { certificateLimits } from "../limits.js";
import { compareNames, foldName, invalidName } from "../names.js";
import type { CertificateContent } from "./content.js";
import { certificateOptions } from "./options.js";
import { parseOverride } from "./override.js";
import { certificatePermissions, certificatePolicies } from "./permissions.js";
import { openCertificateStore } from "./store.js";

/** Certificates with chain, private key, policy, attributes and tags: the latest version of each, or all. */
export const certificates: ElementType<CertificateContent> = {
    name: "certificates",
    singular: "certificate",
    // A policy names its issuer, which must be there.
    after: ["issuers", "contacts"],
    features: {
        modes: ["template", "replication"],
        order: "none",
        detail: "items",
        digest: true,
        comparesValues: true,
        keepsVersions: true,
        softDelete: true,
        serverSideCopy: true,
        rename: true,
        overrides: true,
        marker: true,
        rewrite: false,
    },
    limits: certificateLimits,
    options: certificateOptions,
    permissions: certificatePermissions,
    // A backup changes nothing, although it is asked for with POST.
    sourceReads: (method, url) => isBackup(method, url),
    // Importing, creating and restoring make another version, or fail, the second time.
    idempotent: (method, url) =>
        isBackup(method, url) || !(method === "POST" && url.pathname.startsWith("/certificates/")),
    invalidName: (name) => invalidName(name, "certificate"),
    key: foldName,
    compare: compareNames,
    override: parseOverride,
    denied: (denial) => explainPolicies(denial, certificatePolicies(denial.mode, denial.options)),
    ownAccess: (question) => policyAccess(question, certificatePolicies(question.mode, question.options)),
    open: openCertificateStore,
};

function isBackup(method: string, url: URL): boolean {
    return method === "POST" && /^\/certificates\/[^/]+\/backup$/.test(url.pathname);
}
