import type { Plugin } from "../core/contract.js";
import { certificates } from "./certificates/element.js";
import { contacts } from "./contacts/element.js";
import { issuers } from "./issuers/element.js";
import { keys } from "./keys/element.js";
import { prices } from "./prices.js";
import { secrets } from "./secrets/element.js";

/** Azure Key Vault: https://learn.microsoft.com/azure/key-vault/general/overview */
export const plugin: Plugin = {
    kind: "keyvault",
    title: "Azure Key Vault",
    resourceTypes: ["Microsoft.KeyVault/vaults"],
    apiVersion: "2023-07-01",
    endpoints: (resource) => {
        const vault = resource.properties?.vaultUri;
        return typeof vault === "string" ? { vault } : {};
    },
    fromUrl: (url) => {
        const [name, ...domain] = url.hostname.split(".");
        const isRoot = url.pathname === "/" && url.search === "" && url.hash === "";
        if (
            url.protocol !== "https:" ||
            !isRoot ||
            name === undefined ||
            name === "" ||
            domain.length === 0
        ) {
            return undefined;
        }
        return { name, endpoints: { vault: `${url.origin}/` } };
    },
    prices,
    elements: { secrets, keys, issuers, contacts, certificates },
};
