import type { TokenCredential } from "@azure/core-auth";
import { ClientSecretCredential } from "@azure/identity";
import type { Cloud } from "../../providers/core/clouds.js";
import { clouds } from "../../providers/core/clouds.js";

/** Who the provider is in Azure, and where. */
export interface Configuration {
    readonly clientId: string;
    readonly tenantId: string;
    readonly subscriptionId: string;
    /** For resources that name none. */
    readonly location: string | undefined;
    readonly cloud: Cloud;
    readonly credential: TokenCredential;
}

/** The environment variables of the azure-native provider: https://www.pulumi.com/registry/packages/azure-native/installation-configuration */
const environmentVariables: Readonly<Record<string, string>> = {
    clientId: "ARM_CLIENT_ID",
    clientSecret: "ARM_CLIENT_SECRET",
    tenantId: "ARM_TENANT_ID",
    subscriptionId: "ARM_SUBSCRIPTION_ID",
    location: "ARM_LOCATION_NAME",
    environment: "ARM_ENVIRONMENT",
};

/**
 * Reads the provider's configuration: its own first, then the environment. Throws where something is missing, naming it.
 *
 * @param own What the program or stack config gives the provider.
 */
export function readConfiguration(own: Readonly<Record<string, string>>): Configuration {
    const find = (name: string): string | undefined => {
        const value = own[name] ?? process.env[environmentVariables[name] ?? ""];
        return value === "" ? undefined : value;
    };
    const need = (name: string): string => {
        const value = find(name);
        if (value !== undefined) return value;
        throw new Error(
            `azure-native:${name} is not set, and neither is ${environmentVariables[name] ?? ""}`,
        );
    };
    const environment = find("environment") ?? "public";
    const cloud = Object.values(clouds).find((candidate) => candidate.name === environment);
    if (cloud === undefined) {
        throw new Error(
            `azure-native:environment is ${environment}; it can be ${Object.keys(clouds).join(", ")}`,
        );
    }
    const tenantId = need("tenantId");
    const clientId = need("clientId");
    return {
        clientId,
        tenantId,
        subscriptionId: need("subscriptionId"),
        location: find("location"),
        cloud,
        credential: new ClientSecretCredential(tenantId, clientId, need("clientSecret"), {
            authorityHost: cloud.authorityHost,
        }),
    };
}
