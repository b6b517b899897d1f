import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Call } from "../call.js";
import { newVersionId } from "../objects.js";
import type { VaultContents } from "../vault.js";
import { leafOf, shapeOf, thumbprint, validity, type CertificateMaterial } from "./material.js";
import { nameTaken, operationInProgress } from "./messages.js";
import type { CertificatePolicy } from "./policy.js";
import type { Certificate } from "./state.js";

/** What a version of a certificate is made of. */
export interface NewCertificate {
    readonly name: string;
    readonly material: CertificateMaterial;
    readonly policy: CertificatePolicy;
    /** The value of the secret, as `secretValue` makes it. */
    readonly value: string;
    readonly enabled: boolean;
    readonly tags?: Record<string, string> | undefined;
    readonly preserveCertOrder?: boolean | undefined;
    /** The id of the version; undefined: a new one. */
    readonly version?: string;
}

/** What can be done with a key by its type; other operations are refused for EC keys. */
const keyOperations: Readonly<Record<"RSA" | "EC", string[]>> = {
    RSA: ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
    EC: ["sign", "verify"],
};

/**
 * Throws 409 where no version can be made: an operation is under way, the certificate is deleted, or there is a key or
 * a secret of that name which is not its own.
 */
export function checkCanAdd({ certificates, keys, secrets }: VaultContents, name: string): void {
    certificates.checkFree(name);
    if (certificates.has(name) && certificates.find(name).details?.operation?.status === "inProgress") {
        throw operationInProgress();
    }
    if (keys.has(name) && !keys.isManaged(name)) throw nameTaken(name, "key");
    if (secrets.has(name) && !secrets.isManaged(name)) throw nameTaken(name, "secret");
}

/** Adds a version, with its key and its secret. Nothing is awaited: other requests see all of it or none. */
export function addVersion(call: Call, made: NewCertificate): Certificate {
    const { certificates, keys, secrets } = call.objects;
    const { name, material, policy, enabled, tags, preserveCertOrder, version = newVersionId() } = made;
    const leaf = leafOf(material);
    const key = createPrivateKey({ key: Buffer.from(material.key, "base64"), format: "der", type: "pkcs8" });
    const shape = shapeOf(key);
    const common = { enabled, ...validity(leaf) };
    const certificate = certificates.add(
        name,
        {
            ...common,
            ...(tags === undefined ? {} : { tags }),
            cer: leaf.raw.toString("base64"),
            x5t: thumbprint(leaf),
            ...(preserveCertOrder === undefined ? {} : { preserveCertOrder }),
        },
        version,
    );
    keys.add(
        name,
        {
            ...common,
            kty: policy.key_props.kty.endsWith("-HSM") ? `${shape.kty}-HSM` : shape.kty,
            material: key.export({ format: "jwk" }),
            ...(shape.kty === "EC" ? { crv: shape.crv } : {}),
            keyOps: [...keyOperations[shape.kty]],
        },
        version,
    ).managed = true;
    secrets.add(
        name,
        {
            ...common,
            value: made.value,
            contentType: policy.secret_props.contentType,
            kid: `https://${call.url.hostname}/keys/${certificate.name}/${version}`,
        },
        version,
    ).managed = true;
    certificate.details = { ...certificate.details, policy };
    delete certificate.details.placeholder;
    return certificate;
}

/** Ends the operations whose time has come. Called before every request, so that nobody sees them late. */
export function endOperations(call: Call): void {
    for (const certificate of call.objects.certificates.all(false)) {
        const { operation, policy } = certificate.details ?? {};
        if (operation?.status !== "inProgress" || policy === undefined) continue;
        if (operation.endsAt === undefined || operation.endsAt > call.now()) continue;
        if (operation.cancellationRequested || operation.result === undefined) {
            operation.status = "cancelled";
            continue;
        }
        operation.status = "completed";
        addVersion(call, {
            ...operation,
            name: certificate.name,
            material: { key: operation.key, chain: operation.result.chain },
            policy: certificate.details?.policy ?? operation.policy,
            value: operation.result.value,
        });
    }
}

/** Applies to the key and the secret of a certificate what was done to it; absent ones are left out. */
export function forBacking(
    { keys, secrets }: VaultContents,
    name: string,
    apply: (objects: VaultContents["keys"] | VaultContents["secrets"]) => void,
): void {
    if (keys.isManaged(name)) apply(keys);
    if (secrets.isManaged(name)) apply(secrets);
}

/** Whether a certificate is past its end. `now`: milliseconds since the epoch. */
export function isExpired(certificate: X509Certificate, now: number): boolean {
    return certificate.validToDate.getTime() <= now;
}
