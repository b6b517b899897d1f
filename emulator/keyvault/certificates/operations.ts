import type { ServiceResponse } from "../../contract.js";
import type { Call } from "../call.js";
import { notImplemented } from "../errors.js";
import type { CertificateRoute } from "../routes.js";

/** Carries an operation on certificates, issuers or contacts out. Throws `KeyVaultError`. */
export function performCertificate(call: Call<CertificateRoute>): Promise<ServiceResponse> {
    return Promise.reject(notImplemented(call.route.operation, "certificates"));
}
