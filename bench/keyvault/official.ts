import { ClientSecretCredential } from "@azure/identity";
import { SecretClient, type SecretClientOptions } from "@azure/keyvault-secrets";

/** The SDK's client as anybody would make it, signed in as the profile of that side. */
export function officialClient(
    url: string,
    side: "SOURCE" | "TARGET",
    options: SecretClientOptions = {},
): SecretClient {
    const setting = (name: string): string => process.env[`AZURE_${side}_${name}`] ?? "";
    const credential = new ClientSecretCredential(
        setting("TENANT_ID"),
        setting("CLIENT_ID"),
        setting("CLIENT_SECRET"),
    );
    return new SecretClient(url, credential, options);
}
