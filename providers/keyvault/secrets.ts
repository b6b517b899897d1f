import { z } from "zod";
import type { ElementType } from "../core/contract.js";
import { secretLimits } from "./limits.js";
import { secretPermissions } from "./permissions.js";
import { openSecretStore, type SecretContent } from "./secret-store.js";

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
    },
    limits: secretLimits,
    options: z.strictObject({}),
    permissions: (mode) => secretPermissions(mode),
    // Everything that is read is read with GET.
    sourceReads: () => false,
    // Setting a secret again makes another version of it. Update, delete and recover lead to the same end twice.
    idempotent: (method, url) => !(method === "PUT" && url.pathname.startsWith("/secrets/")),
    /** https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers */
    invalidName: (name) =>
        /^[0-9a-zA-Z-]{1,127}$/.test(name)
            ? undefined
            : "a secret's name has 1 to 127 characters, only letters of ASCII, digits and hyphens",
    /** Object identifiers are case-insensitive: the same page. */
    key: (name) => name.toLowerCase(),
    compare: (a, b) => {
        const [left, right] = [a.toLowerCase(), b.toLowerCase()];
        return left < right ? -1 : left > right ? 1 : 0;
    },
    override: (value) => ({ value }),
    open: openSecretStore,
};
