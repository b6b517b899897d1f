import { setTimeout } from "node:timers/promises";
import type { CertificateClient, CertificatePolicy } from "@azure/keyvault-certificates";
import { makeCertificate, type MaterialOptions } from "../../../emulator-services/certificates-material.js";

interface Seed {
    readonly name: string;
    /** Versions to import, oldest first. */
    readonly files?: readonly MaterialOptions[];
    /** Made by the vault. */
    readonly policy?: Partial<CertificatePolicy>;
    readonly disable?: "oldest" | "current";
}

export const expiring = "Certificate-expired";
export const pending = "Certificate-pending";
/** The name is soft-deleted at the target, with another certificate. */
export const deletedAtTarget = "Certificate-deleted-there";

const seeds: readonly Seed[] = [
    { name: "Certificate-rsa-pfx", files: [{}] },
    { name: "Certificate-rsa-pfx-chain", files: [{ chain: true }] },
    { name: "Certificate-ec-pem", files: [{ kind: "ec", format: "pem" }] },
    { name: "Certificate-ec-pem-chain", files: [{ kind: "ec", format: "pem", chain: true }] },
    { name: deletedAtTarget, files: [{ format: "pem" }] },
    { name: "Certificate-ec-pfx", files: [{ kind: "ec" }] },
    { name: "Certificate-three-versions", files: [{}, { chain: true }, {}] },
    { name: "Certificate-old-disabled", files: [{ kind: "ec" }, { kind: "ec" }], disable: "oldest" },
    { name: "Certificate-own-rsa", policy: { keyType: "RSA", keySize: 2048, validityInMonths: 6 } },
    { name: "Certificate-own-ec", policy: { keyType: "EC", keyCurveName: "P-384" } },
    { name: "Certificate-kept-in-rsa", policy: { exportable: false } },
    { name: "Certificate-kept-in-ec", policy: { exportable: false, keyType: "EC", keyCurveName: "P-256" } },
    { name: "Certificate-disabled", files: [{ kind: "ec" }], disable: "current" },
    { name: pending, policy: { issuerName: "Unknown" } },
];

/** With the one that expires. */
export const certificateCount = seeds.length + 1;

/** Certificates of every sort: imported, made by the vault, in all formats, with several versions. */
export async function seedCertificates(client: CertificateClient, tick: () => void): Promise<void> {
    for (const seed of seeds) {
        for (const file of seed.files ?? []) {
            await importFile(client, seed.name, file);
            tick();
        }
        if (seed.policy !== undefined) await create(client, seed.name, seed.policy);
        if (seed.disable !== undefined) await disable(client, seed.name, seed.disable);
    }
}

/**
 * A certificate that ends before long, by everybody's clock: an import takes no expired one. Answers with a promise of
 * its end.
 */
export async function seedExpiring(client: CertificateClient): Promise<{ ended: Promise<void> }> {
    const end = Date.now() + 2_000;
    await importFile(client, expiring, { kind: "ec", notAfter: new Date(end) });
    return { ended: setTimeout(end + 1_000 - Date.now()) };
}

/** At the target: a name that somebody deleted. */
export async function seedDeletedCertificate(client: CertificateClient): Promise<void> {
    await importFile(client, deletedAtTarget, { kind: "ec" });
    await (await client.beginDeleteCertificate(deletedAtTarget, { intervalInMs: 10 })).pollUntilDone();
}

async function importFile(client: CertificateClient, name: string, options: MaterialOptions): Promise<void> {
    const { file, contentType } = await makeCertificate({ subject: `CN=${name}`, ...options });
    await client.importCertificate(name, file, {
        policy: { contentType },
        // The client drops its options `policy`; its generated layer takes this.
        ...{ certificatePolicy: { secretProperties: { contentType } } },
        tags: { name, format: options.format ?? "pfx" },
    });
}

async function create(
    client: CertificateClient,
    name: string,
    policy: Partial<CertificatePolicy>,
): Promise<void> {
    const whole = { issuerName: "Self", subject: `CN=${name}`, ...policy } as CertificatePolicy;
    const poller = await client.beginCreateCertificate(name, whole, {
        intervalInMs: 1,
        tags: { made: "here" },
    });
    if (name !== pending) await poller.pollUntilDone();
}

async function disable(client: CertificateClient, name: string, which: "oldest" | "current"): Promise<void> {
    const versions = [];
    for await (const version of client.listPropertiesOfCertificateVersions(name)) versions.push(version);
    versions.sort((a, b) => (a.createdOn?.getTime() ?? 0) - (b.createdOn?.getTime() ?? 0));
    const chosen = which === "oldest" ? versions[0] : versions.at(-1);
    await client.updateCertificateProperties(name, chosen?.version ?? "", { enabled: false });
}
