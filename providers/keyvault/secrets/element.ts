import { z } from "zod";
import type { ElementType } from "../../core/contract.js";
import { secretLimits } from "../limits.js";
import { compareNames, foldName, invalidName } from "../names.js";
import { explainPolicies } from "../access-policies.js";
import { secretPermissions, secretPolicies } from "../permissions.js";
import { openSecretStore, type SecretContent } from "./store.js";

/** The latest version of each secret, with its attributes, content type and tags. */
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
        serverSideCopy: false,
        rename: true,
        overrides: true,
        marker: true,
        rewrite: true,
    },
    limits: secretLimits,
    options: z.strictObject({}),
    permissions: (mode) => secretPermissions(mode),
    // Everything that is read is read with GET.
    sourceReads: () => false,
    // Setting a secret again makes another version of it. Update, delete and recover lead to the same end twice.
    idempotent: (method, url) => !(method === "PUT" && url.pathname.startsWith("/secrets/")),
    invalidName: (name) => invalidName(name, "secret"),
    key: foldName,
    compare: compareNames,
    override: (value) => ({ value }),
    rewrite: ({ value }, replace) => ({ value: replace(value) }),
    denied: (denial) => explainPolicies(denial, secretPolicies(denial.mode)),
    open: openSecretStore,
};
