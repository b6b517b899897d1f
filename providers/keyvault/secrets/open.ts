import type { Context, ResourceRef, Store } from "../../core/contract.js";
import { clientOptions } from "../../core/http/client.js";
import { vaultUrl } from "../vault-url.js";
import { AllVersionsStore } from "./all-versions-store.js";
import type { SecretContent } from "./content.js";
import { SecretStore } from "./store.js";
import { load } from "../../core/load.js";

/**
 * Opens the secrets of a vault: with all versions where the options say so and values are carried at all. Throws
 * `InvalidArgument` where the resource has no vault URL.
 */
export async function openSecretStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<SecretContent>> {
    const url = vaultUrl(resource, context.side);
    const { SecretClient: Client } =
        await load<typeof import("@azure/keyvault-secrets")>("@azure/keyvault-secrets");
    const client = new Client(url, context.credential, clientOptions(context));
    const hasAll = context.mode === "replication" && context.options.versions === "all";
    return hasAll
        ? new AllVersionsStore(client, context, resource)
        : new SecretStore(client, context, resource);
}
