import { invalidProperty } from "../parameters.js";
import { PKCS12, type KeyShape } from "./material.js";
import type { PolicyChanges } from "./policy-schema.js";

/** Who issues: `Self`, `Unknown` or the name of an issuer of the vault. */
export interface IssuerParameters {
    name: string;
    /** The kind of certificate, in the issuer's own words: `OV-SSL`. */
    cty?: string;
    cert_transparency?: boolean;
}

/** Names that a certificate is for beside its subject. */
export interface SubjectAlternativeNames {
    emails?: string[];
    dns_names?: string[];
    upns?: string[];
    uris?: string[];
    ipAddresses?: string[];
}

/** How a certificate's versions are made, as the service shows it; times are whole seconds since the epoch. */
export interface CertificatePolicy {
    key_props: {
        exportable: boolean;
        kty: string;
        key_size?: number;
        crv?: string;
        reuse_key: boolean;
    };
    secret_props: { contentType: string };
    x509_props: {
        subject: string;
        sans?: SubjectAlternativeNames;
        /** Object identifiers. */
        ekus: string[];
        key_usage: string[];
        validity_months: number;
        basic_constraints: { ca: boolean };
    };
    lifetime_actions: {
        trigger: { lifetime_percentage?: number; days_before_expiry?: number };
        action: { action_type: string };
    }[];
    issuer: IssuerParameters;
    attributes: { enabled: boolean; created: number; updated: number };
}

/** What the certificate itself says of a policy. */
export type X509Properties = CertificatePolicy["x509_props"];

/** Sizes of EC keys by curve, as the service shows them. */
const curveSizes: Readonly<Record<string, number>> = {
    "P-256": 256,
    "P-384": 384,
    "P-521": 521,
    "P-256K": 256,
};

/**
 * The policy of a certificate that is created: what the caller says, and the service's defaults for the rest. Throws
 * 400 for what can't be made. `now`: whole seconds since the epoch.
 * Source of the defaults: recordings of the service in the tests of https://github.com/Azure/azure-sdk-for-js
 * (keyvault-certificates)
 */
export function policyForCreation(changes: PolicyChanges, now: number): CertificatePolicy {
    const isEc = changes.key_props?.kty?.startsWith("EC") === true;
    const issuer = changes.issuer?.name ?? "Unknown";
    const base: CertificatePolicy = {
        key_props: {
            exportable: changes.key_props?.kty?.endsWith("-HSM") !== true,
            kty: "RSA",
            reuse_key: false,
        },
        secret_props: { contentType: PKCS12 },
        x509_props: {
            subject: "",
            ekus: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            key_usage: isEc ? ["digitalSignature"] : ["digitalSignature", "keyEncipherment"],
            validity_months: 12,
            basic_constraints: { ca: false },
        },
        lifetime_actions: [lifetimeAction(issuer === "Unknown" ? "EmailContacts" : "AutoRenew")],
        issuer: { name: issuer },
        attributes: { enabled: true, created: now, updated: now },
    };
    const policy = withChanges(base, changes, now);
    checkCreatable(policy);
    return policy;
}

/**
 * The policy of a certificate that is imported: key and X.509 properties are those of the file, the rest is as the
 * caller says, or the service's default. Throws 400 where a policy is there without the format of the file, or says
 * another key than the file has.
 * Sources: https://github.com/Azure/azure-rest-api-specs (ImportCertificate-example.json) for the defaults,
 * https://github.com/Azure/azure-cli/issues/27220 for the format.
 */
export function policyForImport(
    changes: PolicyChanges | undefined,
    shape: KeyShape,
    x509: X509Properties,
    now: number,
): CertificatePolicy {
    if (changes !== undefined && changes.secret_props?.contentType === undefined)
        throw invalidProperty("policy");
    const said = changes?.key_props ?? {};
    if (said.kty !== undefined && said.kty.replace("-HSM", "") !== shape.kty) throw invalidProperty("policy");
    if (shape.kty === "RSA" && said.key_size !== undefined && said.key_size !== shape.key_size)
        throw invalidProperty("policy");
    if (shape.kty === "EC" && said.crv !== undefined && said.crv !== shape.crv)
        throw invalidProperty("policy");
    const { x509_props: _ofTheFile, ...rest } = changes ?? {};
    const base: CertificatePolicy = {
        key_props: {
            exportable: said.kty?.endsWith("-HSM") !== true,
            ...keyProperties(shape),
            reuse_key: false,
        },
        secret_props: { contentType: PKCS12 },
        x509_props: x509,
        lifetime_actions: [lifetimeAction("EmailContacts")],
        issuer: { name: "Unknown" },
        attributes: { enabled: true, created: now, updated: now },
    };
    return withChanges(base, rest, now);
}

/** The policy with what a caller changes; what is not named stays. Throws 400. `now`: whole seconds. */
export function withChanges(
    policy: CertificatePolicy,
    changes: PolicyChanges,
    now: number,
): CertificatePolicy {
    const key = { ...policy.key_props, ...given(changes.key_props) };
    const changed: CertificatePolicy = {
        key_props: sized(key),
        secret_props: { ...policy.secret_props, ...given(changes.secret_props) },
        x509_props: withX509Changes(policy.x509_props, changes.x509_props ?? {}),
        lifetime_actions: (changes.lifetime_actions ?? policy.lifetime_actions).map(
            ({ trigger, action }) => ({
                trigger: given(trigger),
                action,
            }),
        ),
        issuer: { ...policy.issuer, ...given(changes.issuer) },
        attributes: { ...policy.attributes, ...given(changes.attributes), updated: now },
    };
    checkTriggers(changed);
    if (changed.key_props.exportable && changed.key_props.kty.endsWith("-HSM"))
        throw invalidProperty("policy");
    return changed;
}

function withX509Changes(
    properties: X509Properties,
    { sans, ...changes }: NonNullable<PolicyChanges["x509_props"]>,
): X509Properties {
    return { ...properties, ...given(changes), ...(sans === undefined ? {} : { sans: given(sans) }) };
}

function lifetimeAction(type: string): CertificatePolicy["lifetime_actions"][number] {
    return { trigger: { lifetime_percentage: 80 }, action: { action_type: type } };
}

function keyProperties(shape: KeyShape): { kty: string; key_size?: number; crv?: string } {
    return sized<{ kty: string; key_size?: number; crv?: string }>({ ...shape });
}

/** Fills in the length of an RSA key, the curve of an EC key, and its length as the service shows it. */
function sized<K extends { kty: string; key_size?: number; crv?: string }>(key: K): K {
    if (!key.kty.startsWith("EC")) {
        const { crv: _none, ...rest } = key;
        if (![2048, 3072, 4096].includes(key.key_size ?? 2048)) throw invalidProperty("policy");
        return { ...(rest as K), key_size: key.key_size ?? 2048 };
    }
    const crv = key.crv ?? "P-256";
    return { ...key, crv, key_size: curveSizes[crv] };
}

/** Source: https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate/create-certificate#trigger */
function checkTriggers({ lifetime_actions, x509_props }: CertificatePolicy): void {
    for (const { trigger } of lifetime_actions) {
        const { lifetime_percentage: percentage, days_before_expiry: days } = trigger;
        if ((percentage === undefined) === (days === undefined)) throw invalidProperty("policy");
        if (days !== undefined && days > x509_props.validity_months * 27) throw invalidProperty("policy");
    }
}

/** A certificate is made for a subject or for other names. */
function checkCreatable({ x509_props }: CertificatePolicy): void {
    const names = Object.values(x509_props.sans ?? {}).flat();
    if (x509_props.subject === "" && names.length === 0) throw invalidProperty("policy");
}

/** The members that are there. */
function given<T extends object>(changes: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
    const entries = Object.entries(changes ?? {}).filter(([, value]) => value !== undefined);
    return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
