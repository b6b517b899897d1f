import type { ServiceResponse } from "../../contract.js";
import type { Call } from "../call.js";
import { notImplemented } from "../errors.js";
import type { KeyRoute } from "../routes.js";

/** Carries an operation on keys out. Throws `KeyVaultError`. */
export function performKey(call: Call<KeyRoute>): Promise<ServiceResponse> {
    return Promise.reject(notImplemented(call.route.operation, "keys"));
}
