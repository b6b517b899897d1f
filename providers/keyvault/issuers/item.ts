import { createHash } from "node:crypto";
import type { AdministratorContact, CertificateIssuer } from "../sdk.js";
import type { Item, Loss } from "../../core/contract.js";
import { canonicalJson, type Json } from "../../core/json.js";

/** What is carried of an issuer. */
export type IssuerProperties = Record<string, Json> & {
    /** `DigiCert`, `GlobalSign` or what else the service knows. */
    provider: string;
    enabled: boolean;
    /** The account at the issuer; its password is never told. */
    accountId?: string;
    organizationId?: string;
    administrators?: Record<string, string>[];
};

/** The item of an issuer. */
export function toIssuerItem(issuer: CertificateIssuer): Item {
    const { id, provider = "", enabled, accountId, organizationId, updatedOn } = issuer;
    const administrators = (issuer.administratorContacts ?? []).map(plain);
    const properties: IssuerProperties = {
        provider,
        enabled: enabled ?? true,
        ...(isGiven(accountId) ? { accountId } : {}),
        ...(isGiven(organizationId) ? { organizationId } : {}),
        ...(administrators.length === 0 ? {} : { administrators }),
    };
    const hash = createHash("sha256").update(canonicalJson(properties)).digest("hex").slice(0, 6);
    return {
        name: issuerName(id),
        version: `${updatedOn?.toISOString().replace(/\.\d+Z$/, "Z") ?? "unknown"} #${hash}`,
        properties,
        ...(updatedOn === undefined ? {} : { modified: updatedOn }),
    };
}

/** Of an id such as `https://…/certificates/issuers/digicert`: version 4.10 of the SDK names all of them `issuers`, or not at all. */
export function issuerName(id = ""): string {
    return decodeURIComponent(id.slice(id.lastIndexOf("/") + 1));
}

/** The loss of an account's password; undefined where there is no account. */
export function passwordLoss({ name, properties }: Item): Loss | undefined {
    if (properties.accountId === undefined) return undefined;
    return {
        item: name,
        what: "value",
        reason: "Key Vault never gives the password of an issuer's account away",
        remedy: `give the password in overrides["${name}"], or set it at the target`,
    };
}

function plain(contact: AdministratorContact): Record<string, string> {
    const { email, firstName, lastName, phone } = contact;
    const given = Object.entries({ email, firstName, lastName, phone }).filter(([, value]) => isGiven(value));
    return Object.fromEntries(given) as Record<string, string>;
}

function isGiven(value: string | undefined): value is string {
    return value !== undefined && value !== "";
}
