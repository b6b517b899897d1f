import { CertificateClient } from "@azure/keyvault-certificates";
import { KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import type { Vault } from "../vault-world.js";

/** The official clients of one vault, of somebody who may do everything there. */
export interface Clients {
    readonly secrets: SecretClient;
    readonly keys: KeyClient;
    readonly certificates: CertificateClient;
}

export function clientsOf({ url, admin }: Vault): Clients {
    return {
        secrets: new SecretClient(url, admin),
        keys: new KeyClient(url, admin),
        certificates: new CertificateClient(url, admin),
    };
}

/** Everything of an asynchronous listing. */
export async function collect<T>(listing: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const entry of listing) all.push(entry);
    return all;
}
