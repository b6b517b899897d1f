import type { ElementType } from "../../core/contract.js";
import { explainPolicies, policyAccess } from "../access-policies.js";
import { keyLimits } from "../limits.js";
import { compareNames, foldName, invalidName } from "../names.js";
import type { KeyContent } from "./content.js";
import { keyOptions, mayRecreate } from "./options.js";
import { keyPermissions, keyPolicies } from "./permissions.js";
import { openKeyStore } from "./store.js";

/** The keys of a vault: themselves with all versions where a backup can be restored, else new ones of their kinds. */
export const keys: ElementType<KeyContent> = {
    name: "keys",
    singular: "key",
    features: {
        modes: ["template", "replication"],
        order: "none",
        detail: "items",
        digest: false,
        comparesValues: true,
        // A key that is right already gets no other version by being put again.
        keepsVersions: false,
        softDelete: true,
        serverSideCopy: true,
        rename: true,
        overrides: false,
        marker: true,
        rewrite: false,
    },
    limits: keyLimits,
    options: keyOptions,
    permissions: (mode, options) => keyPermissions(mode, mayRecreate(options)),
    // A backup changes nothing: https://learn.microsoft.com/rest/api/keyvault/keys/backup-key/backup-key
    sourceReads: (method, url) => method === "POST" && /^\/keys\/[^/]+\/backup\/?$/.test(url.pathname),
    // Creating again makes another version, and restoring again is a conflict.
    idempotent: (method, url) =>
        method !== "POST" || !/^\/keys\/(restore|[^/]+\/create)\/?$/.test(url.pathname),
    invalidName: (name) => invalidName(name, "key"),
    key: foldName,
    compare: compareNames,
    denied: (denial) => explainPolicies(denial, keyPolicies(denial.mode, mayRecreate(denial.options))),
    ownAccess: (question) =>
        policyAccess(question, keyPolicies(question.mode, mayRecreate(question.options))),
    open: openKeyStore,
};
