import type { ServiceResponse } from "../../contract.js";
import { ok, type Call } from "../call.js";
import { checkType } from "../keys/parameters.js";
import { invalidProperty, parseCommon, parseObject } from "../parameters.js";
import type { CertificateRoute } from "../routes.js";
import { isPremium } from "../vault.js";
import { addVersion, checkCanAdd, isExpired } from "./backing.js";
import { certificateBundle, latest } from "./bundles.js";
import { keyOf, leafOf, PKCS12, readMaterial, secretValue, shapeOf } from "./material.js";
import { alreadyExpired } from "./messages.js";
import { parsePolicy } from "./policy-schema.js";
import { policyForImport } from "./policy.js";
import { readX509Properties } from "./x509-properties.js";

/** Makes a version of a PFX or a PEM file with its private key. Throws 400 for what the service can't read or take. */
export async function importCertificate(call: Call<CertificateRoute>): Promise<ServiceResponse> {
    const { name } = call.route;
    const json = parseObject(await call.body());
    const { enabled = true, tags } = parseCommon(json);
    if (typeof json.value !== "string" || json.value === "") throw invalidProperty("value");
    checkCanAdd(call.objects, name);
    const changes = json.policy === undefined || json.policy === null ? undefined : parsePolicy(json.policy);
    const preserveCertOrder =
        typeof json.preserveCertOrder === "boolean" ? json.preserveCertOrder : undefined;
    const material = await readMaterial(
        json.value,
        changes?.secret_props?.contentType ?? PKCS12,
        typeof json.pwd === "string" ? json.pwd : "",
        preserveCertOrder === true,
    );
    const leaf = leafOf(material);
    if (isExpired(leaf, call.now())) throw alreadyExpired();
    const policy = policyForImport(
        changes,
        shapeOf(keyOf(material)),
        await readX509Properties(leaf.raw),
        Math.floor(call.now() / 1000),
    );
    checkType(policy.key_props.kty, isPremium(call.vault));
    const { contentType } = policy.secret_props;
    const value = await secretValue(material, contentType, policy.key_props.exportable);
    checkCanAdd(call.objects, name);
    const certificate = addVersion(call, {
        name,
        material,
        policy,
        value,
        enabled,
        tags,
        preserveCertOrder,
    });
    return ok(certificateBundle(call.vault, call.url.hostname, certificate, latest(certificate)));
}
