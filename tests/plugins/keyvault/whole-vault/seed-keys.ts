import type { CreateKeyOptions, KeyClient } from "@azure/keyvault-keys";

/** Every type, size and curve that a premium vault has: https://learn.microsoft.com/azure/key-vault/keys/about-keys */
const kinds: readonly {
    readonly type: string;
    readonly options: CreateKeyOptions & Record<string, unknown>;
}[] = [
    { type: "RSA", options: { keySize: 2048 } },
    { type: "RSA", options: { keySize: 3072 } },
    { type: "RSA", options: { keySize: 4096 } },
    { type: "EC", options: { curve: "P-256" } },
    { type: "EC", options: { curve: "P-384" } },
    { type: "EC", options: { curve: "P-521" } },
    { type: "EC", options: { curve: "P-256K" } },
    { type: "RSA-HSM", options: { keySize: 2048 } },
    { type: "EC-HSM", options: { curve: "P-256" } },
    { type: "EC-HSM", options: { curve: "P-384" } },
];

export const keyCount = 2 * kinds.length;

export const keyName = (number: number): string => `Key-${String(number).padStart(2, "0")}`;

/** Each kind twice: once plain, once with several versions, attributes, tags and a rotation policy. */
export async function seedKeys(client: KeyClient, tick: () => void): Promise<void> {
    for (const [index, { type, options }] of kinds.entries()) {
        await client.createKey(keyName(index), type, options);
        const name = keyName(kinds.length + index);
        const full: CreateKeyOptions = {
            ...options,
            keyOps: ["sign", "verify"],
            enabled: index % 5 !== 4,
            expiresOn: new Date(Date.UTC(index % 3 === 0 ? 2023 : 2037, 1, 2)),
            tags: { number: String(index) },
        };
        for (let version = 0; version < 1 + (index % 3); version += 1) {
            await client.createKey(name, type, full);
            tick();
        }
        await client.updateKeyRotationPolicy(name, {
            lifetimeActions: [{ action: "Notify", timeBeforeExpiry: "P30D" }],
            expiresIn: `P${String(90 + index)}D`,
        });
    }
    tick();
}
