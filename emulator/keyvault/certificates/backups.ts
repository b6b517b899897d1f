import type { ServiceResponse } from "../../contract.js";
import { restore } from "../backups.js";
import { ok, type Call } from "../call.js";
import { notFound } from "../errors.js";
import { parseObject } from "../parameters.js";
import type { CertificateRoute } from "../routes.js";
import { certificateBundle, latest } from "./bundles.js";
import { nameTaken } from "./messages.js";
import type { Certificate, CertificateDetails, CertificateVersion } from "./state.js";

/** A backup with all versions, the key and the secret; what is being made is left out. Throws 404. */
export function backupCertificate(call: Call<CertificateRoute>): ServiceResponse {
    const { certificates, keys, secrets } = call.objects;
    const certificate = certificates.find(call.route.name);
    if (certificate.details === undefined || certificate.versions.length === 0) {
        throw notFound("Certificate", certificate.name);
    }
    const { policy } = certificate.details;
    const backing = { key: keys.find(certificate.name), secret: secrets.find(certificate.name) };
    const whole: Certificate = { ...certificate, details: { policy, backing } };
    return ok({ value: call.backups.seal("Certificate", call.vault, whole) });
}

/** Puts a certificate, its key and its secret back. Throws 400 and 409, as for every object. */
export async function restoreCertificate(call: Call<CertificateRoute>): Promise<ServiceResponse> {
    const { certificates, keys, secrets } = call.objects;
    const { value } = parseObject(await call.body());
    if (typeof value === "string" && value !== "") {
        const { name } = call.backups.open<CertificateVersion, CertificateDetails>(
            "Certificate",
            call.vault,
            value,
        );
        if (keys.has(name) && !keys.isManaged(name)) throw nameTaken(name, "key");
        if (secrets.has(name) && !secrets.isManaged(name)) throw nameTaken(name, "secret");
    }
    const certificate = await restore(call, "Certificate", certificates);
    const { backing } = certificate.details ?? {};
    if (backing !== undefined) {
        const host = call.url.hostname;
        keys.put(backing.key);
        secrets.put({
            ...backing.secret,
            // The secret names its key by an address, which is that of the vault it is in now.
            versions: backing.secret.versions.map((version) => ({
                ...version,
                kid: `https://${host}/keys/${certificate.name}/${version.version}`,
            })),
        });
        delete certificate.details?.backing;
    }
    return ok(certificateBundle(call.vault, call.url.hostname, certificate, latest(certificate)));
}
