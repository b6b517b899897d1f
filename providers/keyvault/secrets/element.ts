import { z } from "zod";
import type { ElementType } from "../../core/contract.js";
import { secretLimits } from "../limits.js";
import { compareNames, foldName, invalidName } from "../names.js";
import { explainPolicies, policyAccess } from "../access-policies.js";
import { secretPermissions, secretPolicies } from "../permissions.js";
import { rewriteContent, type SecretContent } from "./content.js";
import { openSecretStore } from "./open.js";

/** The options of secrets. */
const options = z.strictObject({
    versions: z.enum(["latest", "all"], { error: 'versions is "latest" or "all"' }).optional(),
});

/** A backup is asked for with a POST, and changes nothing: https://learn.microsoft.com/rest/api/keyvault/secrets/backup-secret/backup-secret */
const backupPath = /^\/secrets\/[^/]+\/backup\/?$/i;
const restorePath = /^\/secrets\/restore\/?$/i;

/** Secrets with their attributes, content types and tags: the latest version of each, or all versions. */
export const secrets: ElementType<SecretContent> = {
    name: "secrets",
    singular: "secret",
    features: {
        modes: ["template", "replication"],
        order: "none",
        detail: "items",
        digest: false,
        comparesValues: true,
        keepsVersions: true,
        softDelete: true,
        serverSideCopy: true,
        rename: true,
        overrides: true,
        marker: true,
        rewrite: true,
    },
    limits: secretLimits,
    options,
    permissions: (mode) => secretPermissions(mode),
    sourceReads: (method, url) => method === "POST" && backupPath.test(url.pathname),
    // Setting a secret again makes another version of it, and a restore finds the name taken by the first. Update,
    // delete, recover and backup lead to the same end twice.
    idempotent: (method, url) =>
        !(method === "PUT" && url.pathname.startsWith("/secrets/")) &&
        !(method === "POST" && restorePath.test(url.pathname)),
    invalidName: (name) => invalidName(name, "secret"),
    key: foldName,
    compare: compareNames,
    override: (value) => ({ value }),
    rewrite: rewriteContent,
    denied: (denial) => explainPolicies(denial, secretPolicies(denial.mode)),
    ownAccess: (question) => policyAccess(question, secretPolicies(question.mode)),
    open: openSecretStore,
};
