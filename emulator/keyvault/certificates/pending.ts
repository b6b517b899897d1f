import { createPrivateKey, X509Certificate } from "node:crypto";
import type { ServiceResponse } from "../../contract.js";
import { ok, type Call } from "../call.js";
import { badParameter } from "../errors.js";
import { invalidProperty, parseCommon, parseObject } from "../parameters.js";
import { query } from "../query.js";
import type { CertificateRoute } from "../routes.js";
import { addVersion, isExpired } from "./backing.js";
import { certificateBundle, latest, operationBundle } from "./bundles.js";
import { materialOf, secretValue } from "./material.js";
import {
    alreadyExpired,
    mergeForbidden,
    missingPair,
    noCertificatesToMerge,
    pendingNotFound,
} from "./messages.js";
import type { Certificate, CertificateOperationState } from "./state.js";

type CertificateCall = Call<CertificateRoute>;

/** The operation, also after its end. Throws 404. */
export function getPending(call: CertificateCall): ServiceResponse {
    const { certificate, operation } = find(call);
    const inProgress = operation.status === "inProgress";
    return {
        ...show(call, certificate),
        ...(inProgress ? { headers: { "Retry-After": "10" } } : {}),
    };
}

/**
 * Asks for the operation to be cancelled. It goes on for a while, as the service's do. Throws 400 for one that has ended.
 * Source: https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios
 */
export async function updatePending(call: CertificateCall): Promise<ServiceResponse> {
    const { cancellation_requested: cancel } = parseObject(await call.body());
    if (typeof cancel !== "boolean") throw invalidProperty("cancellation_requested");
    const { certificate, operation } = find(call);
    if (operation.status !== "inProgress") {
        throw badParameter("The pending certificate is not in progress, and can not be cancelled.");
    }
    operation.cancellationRequested = cancel;
    if (cancel) operation.endsAt ??= call.now() + call.settings.issuanceMilliseconds;
    return show(call, certificate);
}

/** Forgets the operation; one under way makes nothing any more. The certificate stays. */
export function deletePending(call: CertificateCall): ServiceResponse {
    const { certificate } = find(call);
    const response = show(call, certificate);
    delete certificate.details?.operation;
    return response;
}

/** Completes an operation with what somebody has signed. Throws 400, 403 or 404. */
export async function merge(call: CertificateCall): Promise<ServiceResponse> {
    const json = parseObject(await call.body());
    const { enabled, tags } = parseCommon(json);
    const { operation } = find(call);
    const { issuer, policy } = operation;
    if (hasCompleted(operation)) throw pendingNotFound(call.route.name);
    if (operation.status === "inProgress" && issuer.name !== "Unknown") throw mergeForbidden(issuer.name);
    const key = createPrivateKey({
        key: Buffer.from(operation.key, "base64"),
        format: "der",
        type: "pkcs8",
    });
    const chain = parseChain(json.x5c);
    const leaf = chain.find((certificate) => certificate.checkPrivateKey(key));
    if (leaf === undefined) throw missingPair();
    if (isExpired(leaf, call.now())) throw alreadyExpired();
    const material = materialOf(key, [leaf, ...chain.filter((certificate) => certificate !== leaf)]);
    const value = await secretValue(material, policy.secret_props.contentType, policy.key_props.exportable);
    // Another request may have ended it meanwhile.
    if (find(call).operation !== operation || hasCompleted(operation)) throw pendingNotFound(call.route.name);
    operation.status = "completed";
    const certificate = addVersion(call, {
        name: call.route.name,
        material,
        policy,
        value,
        enabled: enabled ?? operation.enabled,
        tags: tags ?? operation.tags,
        preserveCertOrder: operation.preserveCertOrder,
        version: operation.version,
    });
    return {
        status: 201,
        headers: { Location: `https://${call.url.hostname}/certificates/${certificate.name}` },
        body: certificateBundle(call.vault, call.url.hostname, certificate, latest(certificate)),
    };
}

/** The operation of the certificate, and of the request id where the query has one. Throws 404. */
function find(call: CertificateCall): { certificate: Certificate; operation: CertificateOperationState } {
    const { certificates } = call.objects;
    const { name } = call.route;
    const certificate = certificates.has(name) ? certificates.find(name) : undefined;
    const operation = certificate?.details?.operation;
    const requested = query(call.url, "request_id");
    if (certificate === undefined || operation === undefined) throw pendingNotFound(name);
    if (requested !== undefined && requested !== operation.requestId) throw pendingNotFound(name);
    return { certificate, operation };
}

function hasCompleted(operation: CertificateOperationState): boolean {
    return operation.status === "completed";
}

function show(call: CertificateCall, certificate: Certificate): ServiceResponse {
    return ok(operationBundle(call.url.hostname, certificate) ?? {});
}

function parseChain(x5c: unknown): X509Certificate[] {
    if (!Array.isArray(x5c) || x5c.length === 0) throw noCertificatesToMerge();
    try {
        return x5c.map((der) => new X509Certificate(Buffer.from(String(der), "base64")));
    } catch {
        throw noCertificatesToMerge();
    }
}
