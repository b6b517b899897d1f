import type { KeyObject, X509Certificate } from "node:crypto";
import type { ServiceResponse } from "../../contract.js";
import type { Call } from "../call.js";
import { makeMaterial, privateKeyOf } from "../keys/material.js";
import { checkType } from "../keys/parameters.js";
import { newVersionId } from "../objects.js";
import { invalidProperty, parseCommon, parseObject } from "../parameters.js";
import type { CertificateRoute } from "../routes.js";
import { isPremium } from "../vault.js";
import { checkCanAdd } from "./backing.js";
import { operationBundle } from "./bundles.js";
import { selfSigned, signingRequest, validityFrom } from "./issue.js";
import { materialOf, secretValue } from "./material.js";
import { issuerNotFound } from "./messages.js";
import { parsePolicy } from "./policy-schema.js";
import { policyForCreation, type CertificatePolicy } from "./policy.js";
import type { Certificate, CertificateOperationState } from "./state.js";

/**
 * Begins to make a version: a key and a signing request at once, the certificate later. One that is signed by itself is
 * there after `settings.issuanceMilliseconds`; others wait for a merge, or for an issuer who never answers here.
 */
export async function createCertificate(call: Call<CertificateRoute>): Promise<ServiceResponse> {
    const { name } = call.route;
    const json = parseObject(await call.body());
    const { enabled = true, tags } = parseCommon(json);
    checkCanAdd(call.objects, name);
    const policy = policyOf(call, json.policy);
    checkType(policy.key_props.kty, isPremium(call.vault));
    checkIssuer(call, policy);
    const key = reusedKey(call, policy) ?? (await newKey(call, policy));
    const csr = await signingRequest(policy, key);
    const operation: CertificateOperationState = {
        requestId: newVersionId(),
        version: newVersionId(),
        policy,
        issuer: policy.issuer,
        csr,
        key: key.export({ format: "der", type: "pkcs8" }).toString("base64"),
        status: "inProgress",
        cancellationRequested: false,
        enabled,
        ...(tags === undefined ? {} : { tags }),
        ...(typeof json.preserveCertOrder === "boolean" ? { preserveCertOrder: json.preserveCertOrder } : {}),
        ...(policy.issuer.name === "Self" ? await selfIssued(call, policy, key) : {}),
    };
    // Another request may have come between while the key was made.
    checkCanAdd(call.objects, name);
    const certificate = call.objects.certificates.ensure(name);
    begin(call, certificate, operation);
    const location = new URL(`/certificates/${certificate.name}/pending${call.url.search}`, call.url);
    location.searchParams.set("request_id", operation.requestId);
    return {
        status: 202,
        headers: { Location: location.href, "Retry-After": "10" },
        body: operationBundle(call.url.hostname, certificate) ?? {},
    };
}

/** The caller's policy, or that of the certificate there is. Throws 400 where there is neither. */
function policyOf(call: Call, json: unknown): CertificatePolicy {
    const now = Math.floor(call.now() / 1000);
    if (json !== undefined && json !== null) return policyForCreation(parsePolicy(json), now);
    const { certificates } = call.objects;
    const policy = certificates.has(call.route.name)
        ? certificates.find(call.route.name).details?.policy
        : undefined;
    if (policy === undefined) throw invalidProperty("policy");
    return policy;
}

function checkIssuer(call: Call, { issuer }: CertificatePolicy): void {
    if (issuer.name === "Self" || issuer.name === "Unknown") return;
    if (call.objects.certificateSettings.issuers[issuer.name.toLowerCase()] === undefined) {
        throw issuerNotFound();
    }
}

/** The key of the latest version, where the policy says that it is used again. */
function reusedKey(call: Call, { key_props }: CertificatePolicy): KeyObject | undefined {
    const { keys } = call.objects;
    if (!key_props.reuse_key || !keys.isManaged(call.route.name)) return undefined;
    return privateKeyOf(keys.version(call.route.name, undefined).current.material);
}

/** A new key as the policy has it. Throws 400 for P-256K: the X.509 library signs by Web Crypto, which lacks it. */
async function newKey(call: Call, { key_props }: CertificatePolicy): Promise<KeyObject> {
    const { kty, key_size: bits = 2048, crv = "P-256" } = key_props;
    if (kty.startsWith("EC") && crv === "P-256K") throw invalidProperty("policy");
    const shape = kty.startsWith("EC") ? { kty: "EC" as const, crv } : { kty: "RSA" as const, bits };
    return privateKeyOf(await makeMaterial(shape, call.settings.keyMaterial));
}

async function selfIssued(
    call: Call,
    policy: CertificatePolicy,
    key: KeyObject,
): Promise<Pick<CertificateOperationState, "endsAt" | "result">> {
    const certificate: X509Certificate = await selfSigned(policy, key, call.now());
    const material = materialOf(key, [certificate]);
    const value = await secretValue(material, policy.secret_props.contentType, policy.key_props.exportable);
    return {
        endsAt: call.now() + call.settings.issuanceMilliseconds,
        result: { chain: [...material.chain], value },
    };
}

/** Until there is a first version, something disabled stands for it, as recordings of the service show. */
function begin(call: Call, certificate: Certificate, operation: CertificateOperationState): void {
    const now = Math.floor(call.now() / 1000);
    const { notBefore, notAfter } = validityFrom(operation.policy, call.now());
    certificate.details = { policy: operation.policy, operation };
    if (certificate.versions.length > 0) return;
    certificate.details.placeholder = {
        version: operation.version,
        enabled: false,
        ...(operation.tags === undefined ? {} : { tags: operation.tags }),
        nbf: Math.floor(notBefore.getTime() / 1000),
        exp: Math.floor(notAfter.getTime() / 1000),
        created: now,
        updated: now,
    };
}
