import * as pulumi from "@pulumi/pulumi";
import type { CredentialSettings } from "../credentials/settings.js";

/** The stack's configuration in the program process, by full key: `azure-dataplane:profiles`. */
export function programSettings(): CredentialSettings {
    return {
        get(key) {
            const colon = key.indexOf(":");
            const [namespace, name] = [key.slice(0, colon), key.slice(colon + 1)];
            return new pulumi.Config(namespace).get(name);
        },
    };
}
