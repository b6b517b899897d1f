import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { CertificateClient, CertificatePolicy } from "@azure/keyvault-certificates";
import type { SecretClient } from "@azure/keyvault-secrets";
import { collect } from "./clients.js";
import { foreignTags, inOrder, type ObjectSnapshot, type Snapshots } from "./snapshots.js";

/** Everything of the certificates that are there, without those that wait for their issuer. */
export async function snapshotCertificates(
    client: CertificateClient,
    secrets: SecretClient,
): Promise<Snapshots> {
    const listed = await collect(client.listPropertiesOfCertificates());
    return Object.fromEntries(
        await Promise.all(
            listed.map(async ({ name = "" }) => [name, await snapshot(client, secrets, name)] as const),
        ),
    );
}

async function snapshot(
    client: CertificateClient,
    secrets: SecretClient,
    name: string,
): Promise<ObjectSnapshot> {
    const listed = await collect(client.listPropertiesOfCertificateVersions(name));
    const versions = await Promise.all(
        listed.map(async (properties) => {
            const version = properties.version ?? "";
            const { cer } = await client.getCertificateVersion(name, version);
            const { enabled, notBefore, expiresOn, tags = {} } = properties;
            return {
                id: version,
                created: properties.createdOn?.getTime() ?? 0,
                attributes: {
                    enabled,
                    notBefore: notBefore?.toISOString(),
                    expiresOn: expiresOn?.toISOString(),
                    tags: foreignTags(tags),
                    certificate: cer === undefined ? "" : Buffer.from(cer).toString("base64"),
                    ...(enabled === false ? {} : await keyOf(secrets, name, version, cer)),
                },
            };
        }),
    );
    return {
        versions: inOrder(versions),
        beside: { policy: policyOf(await client.getCertificatePolicy(name)) },
    };
}

/** Whether the secret gives the private key to this very certificate, and how many certificates come with it. */
async function keyOf(
    secrets: SecretClient,
    name: string,
    version: string,
    cer: Uint8Array | undefined,
): Promise<Record<string, unknown>> {
    const { value = "", properties } = await secrets.getSecret(name, { version });
    const { contentType } = properties;
    if (contentType === "application/x-pem-file") {
        const certificates = value.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0;
        const isPrivate = value.includes("PRIVATE KEY");
        const matches =
            isPrivate && new X509Certificate(Buffer.from(cer ?? [])).checkPrivateKey(createPrivateKey(value));
        return { contentType, certificates, matches };
    }
    return { contentType, matches: hasKey(Buffer.from(value, "base64")) };
}

/** OpenSSL refuses a PFX whose key is not the certificate's. */
function hasKey(pfx: Buffer): boolean {
    try {
        createSecureContext({ pfx, passphrase: "" });
        return true;
    } catch {
        return false;
    }
}

function policyOf(policy: CertificatePolicy): Record<string, unknown> {
    const { createdOn: _created, updatedOn: _updated, ...carried } = policy;
    return JSON.parse(JSON.stringify(carried)) as Record<string, unknown>;
}
