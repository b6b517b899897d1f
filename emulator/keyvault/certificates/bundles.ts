import type { ArmRecord } from "../../contract.js";
import { attributesOf, deletedFields } from "../attributes.js";
import { notFound } from "../errors.js";
import type { ObjectVersion } from "../objects.js";
import type { CertificatePolicy } from "./policy.js";
import type { Certificate, CertificateVersion } from "./state.js";

/** An entry of a listing; `version` undefined: of certificates, whose ids have no version. */
export function certificateItem(
    vault: ArmRecord,
    host: string,
    certificate: Certificate,
    shown: ObjectVersion & Partial<CertificateVersion>,
    version?: string,
): object {
    return {
        id: `https://${host}/certificates/${certificate.name}${version === undefined ? "" : `/${version}`}`,
        ...(shown.x5t === undefined ? {} : { x5t: shown.x5t }),
        attributes: attributesOf(vault, shown),
        ...(shown.tags === undefined ? {} : { tags: shown.tags }),
    };
}

/** The whole of a version. One that is still being made has neither key, secret nor certificate yet. */
export function certificateBundle(
    vault: ArmRecord,
    host: string,
    certificate: Certificate,
    shown: ObjectVersion & Partial<CertificateVersion>,
): object {
    const { id, ...rest } = certificateItem(vault, host, certificate, shown, shown.version) as { id: string };
    const path = `${certificate.name}/${shown.version}`;
    const { cer, preserveCertOrder } = shown;
    return {
        id,
        ...(cer === undefined
            ? {}
            : { kid: `https://${host}/keys/${path}`, sid: `https://${host}/secrets/${path}`, cer }),
        ...rest,
        ...(certificate.details === undefined
            ? {}
            : { policy: policyBundle(host, certificate.name, certificate.details.policy) }),
        ...(certificate.details?.operation === undefined
            ? {}
            : { pending: { id: pendingId(host, certificate.name) } }),
        ...(preserveCertOrder === undefined ? {} : { preserveCertOrder }),
    };
}

/** A deleted certificate, as operations on it answer. */
export function deletedBundle(vault: ArmRecord, host: string, certificate: Certificate): object {
    return {
        ...deletedFields(vault, host, "certificates", certificate),
        ...certificateBundle(vault, host, certificate, latest(certificate)),
    };
}

/** A policy with its id. */
export function policyBundle(host: string, name: string, policy: CertificatePolicy): object {
    return { id: `https://${host}/certificates/${name}/policy`, ...policy };
}

/** The operation on a certificate. */
export function operationBundle(host: string, { name, details }: Certificate): object | undefined {
    const operation = details?.operation;
    if (operation === undefined) return undefined;
    const { issuer, csr, status, requestId, preserveCertOrder } = operation;
    return {
        id: pendingId(host, name),
        issuer,
        csr,
        cancellation_requested: operation.cancellationRequested,
        status,
        ...(status === "inProgress" ? { status_details: progress(issuer.name) } : {}),
        ...(status === "completed" ? { target: `https://${host}/certificates/${name}` } : {}),
        request_id: requestId,
        ...(preserveCertOrder === undefined ? {} : { preserveCertOrder }),
    };
}

/** The latest version, or what stands for the first while that is being made. Throws 404. */
export function latest(certificate: Certificate): ObjectVersion & Partial<CertificateVersion> {
    const version = certificate.versions.at(-1) ?? certificate.details?.placeholder;
    if (version === undefined) throw notFound("Certificate", certificate.name);
    return version;
}

function pendingId(host: string, name: string): string {
    return `https://${host}/certificates/${name}/pending`;
}

/** Source: https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios */
function progress(issuer: string): string {
    return issuer === "Unknown"
        ? "Pending certificate created. Please Perform Merge to complete the request."
        : "Pending certificate created. Certificate request is in progress. This may take some time based on the " +
              "issuer provider. Please check again later.";
}
