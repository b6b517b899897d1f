import type { CertificatePolicy, ImportCertificateOptions, ImportCertificatePolicy } from "../sdk.js";
import { canonicalJson, type Json } from "../../core/json.js";

type Part = Record<string, Json>;

/**
 * A certificate's policy in the words of Azure's REST API, without ids and dates, and without members that say nothing:
 * https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificate-policy/get-certificate-policy#certificatepolicy
 */
export type CarriedPolicy = Record<string, Json> & {
    key_props?: Part & { exportable?: boolean };
    secret_props?: Part & { contentType?: string };
    x509_props?: Part;
    lifetime_actions?: Part[];
    issuer?: Part & { name?: string };
};

/** What a vault makes itself: https://learn.microsoft.com/azure/key-vault/certificates/certificate-scenarios */
export const selfIssuer = "Self";

/** The policy as it is compared and carried. */
export function toCarried(policy: CertificatePolicy | undefined): CarriedPolicy {
    const sans = policy?.subjectAlternativeNames;
    return compact({
        key_props: {
            exportable: policy?.exportable,
            kty: policy?.keyType,
            key_size: policy?.keySize,
            reuse_key: policy?.reuseKey,
            crv: policy?.keyCurveName,
        },
        secret_props: { contentType: policy?.contentType },
        x509_props: {
            subject: policy?.subject,
            ekus: policy?.enhancedKeyUsage,
            sans: {
                emails: sans?.emails,
                dns_names: sans?.dnsNames,
                upns: sans?.userPrincipalNames,
                uris: sans?.uniformResourceIdentifiers,
                ipAddresses: sans?.ipAddresses,
            },
            // A set of bits in the certificate: no order.
            key_usage: policy?.keyUsage === undefined ? undefined : [...policy.keyUsage].sort(),
            validity_months: policy?.validityInMonths,
        },
        lifetime_actions: policy?.lifetimeActions?.map(
            ({ action, lifetimePercentage, daysBeforeExpiry }) => ({
                trigger: { lifetime_percentage: lifetimePercentage, days_before_expiry: daysBeforeExpiry },
                action: { action_type: action },
            }),
        ),
        issuer: {
            name: policy?.issuerName,
            cty: policy?.certificateType,
            cert_transparency: policy?.certificateTransparency,
        },
    });
}

/** The carried policy in the SDK's words; what it does not say is undefined, and lifetime actions are none then. */
export function toSdkPolicy(carried: CarriedPolicy): CertificatePolicy {
    const {
        key_props: key,
        secret_props: secret,
        x509_props: x509,
        lifetime_actions: actions,
        issuer,
    } = carried;
    const sans = x509?.sans as Part | undefined;
    // The members were taken from an answer of the service by `toCarried`: their types are the service's own.
    return compact({
        exportable: key?.exportable,
        keyType: key?.kty,
        keySize: key?.key_size,
        reuseKey: key?.reuse_key,
        keyCurveName: key?.crv,
        contentType: secret?.contentType,
        subject: x509?.subject,
        enhancedKeyUsage: x509?.ekus,
        subjectAlternativeNames: {
            emails: sans?.emails,
            dnsNames: sans?.dns_names,
            userPrincipalNames: sans?.upns,
            uniformResourceIdentifiers: sans?.uris,
            ipAddresses: sans?.ipAddresses,
        },
        keyUsage: x509?.key_usage,
        validityInMonths: x509?.validity_months,
        lifetimeActions: undefined,
        issuerName: issuer?.name,
        certificateType: issuer?.cty,
        certificateTransparency: issuer?.cert_transparency,
        ...(actions === undefined ? {} : { lifetimeActions: actions.map(toSdkAction) }),
    }) as unknown as CertificatePolicy;
}

function toSdkAction(action: Part): Part {
    const trigger = action.trigger as Part | undefined;
    const { action_type: type } = (action.action ?? {}) as Part;
    return compact({
        action: type,
        lifetimePercentage: trigger?.lifetime_percentage,
        daysBeforeExpiry: trigger?.days_before_expiry,
    });
}

/**
 * What an import says of the policy: whether the key may leave the vault, and in which format it comes. The rest follows
 * from the certificate; the source's policy is set after it, because it may be meant for the next certificate only (a
 * larger key, another issuer), and an import is refused where the two don't fit.
 *
 * Version 4.10 of the SDK takes `policy` and `enabled` and sends neither, only what has the names of its REST layer
 * (`importCertificate` in its `index.ts`, `certificateImportParametersSerializer`): both are given.
 */
export function importOptions(
    contentType: string,
    exportable: boolean,
    enabled: boolean,
): ImportCertificateOptions {
    const policy = { exportable, contentType } as ImportCertificatePolicy;
    const unsent = {
        certificatePolicy: { keyProperties: { exportable }, secretProperties: { contentType } },
        certificateAttributes: { enabled },
    };
    return { policy, enabled, ...unsent };
}

/** Whether two policies say the same. */
export function samePolicy(a: CarriedPolicy, b: CarriedPolicy): boolean {
    return canonicalJson(a) === canonicalJson(b);
}

interface LooseRecord {
    readonly [key: string]: Loose;
}
type Loose = Json | undefined | LooseRecord | readonly Loose[];

/** Leaves out what is undefined or empty, at every level: the service says the one for the other. */
function compact(value: LooseRecord): Part {
    return Object.fromEntries(
        Object.entries(value).flatMap(([key, entry]): [string, Json][] => {
            const kept = compactValue(entry);
            return kept === undefined ? [] : [[key, kept]];
        }),
    );
}

function compactValue(value: Loose): Json | undefined {
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value)) {
        const entries = (value as Loose[]).map(compactValue).filter((entry) => entry !== undefined);
        return entries.length === 0 ? undefined : entries;
    }
    if (typeof value !== "object") return value;
    const kept = compact(value as LooseRecord);
    return Object.keys(kept).length === 0 ? undefined : kept;
}
