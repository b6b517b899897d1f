import { ClientSecretCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { BlobServiceClient } from "@azure/storage-blob";
import type { ServicePrincipal } from "../emulator/identities.js";
import { clientSecret } from "./identities.js";

/** The official SDKs' clients of one side: none of this project's code. */
export interface Clients {
    secrets: SecretClient;
    blobs: BlobServiceClient;
}

/** Opens a vault and a storage account by their production URLs. */
export function openClients(principal: ServicePrincipal, vaultUrl: string, blobUrl: string): Clients {
    const credential = new ClientSecretCredential(
        principal.tenantId,
        principal.clientId,
        clientSecret(principal),
    );
    return {
        secrets: new SecretClient(vaultUrl, credential),
        blobs: new BlobServiceClient(blobUrl, credential),
    };
}
