import { createHash } from "node:crypto";
import type { Item } from "../core/contract.js";
import { canonicalJson, type Json } from "../core/json.js";
import type { BlobServiceProperties, CorsRule } from "./sdk.js";

/** The items that stand for one setting each. Rules of CORS are items of their own. */
const staticWebsite = "static-website";
const softDelete = "soft-delete";
const corsPrefix = "cors/";

/** What of the service's properties is carried; each member is set as a whole, and the others are left alone. */
export type CarriedProperties = Pick<
    BlobServiceProperties,
    "staticWebsite" | "deleteRetentionPolicy" | "cors"
>;

/** Why that can't be the name of one, or undefined. */
export function invalidPropertyName(name: string): string | undefined {
    const isKnown = name === staticWebsite || name === softDelete;
    if (isKnown || (name.startsWith(corsPrefix) && name.length > corsPrefix.length)) return undefined;
    return `the settings of a blob service are "${staticWebsite}", "${softDelete}" and "${corsPrefix}ORIGINS"`;
}

/** The settings that are not as they are in a new account. */
export function toPropertyItems(properties: CarriedProperties): Item[] {
    const { staticWebsite: website, deleteRetentionPolicy: retention, cors = [] } = properties;
    return [
        ...named(cors).map(([name, { allowedOrigins: _origins, ...rule }]) => toItem(name, { ...rule })),
        ...(retention?.enabled === true ? [toItem(softDelete, optional({ days: retention.days }))] : []),
        ...(website?.enabled === true ? [toItem(staticWebsite, websiteProperties(website))] : []),
    ];
}

/** The properties with that item among them, or without it where `wanted` is undefined: only what must be set. */
export function withItem(
    properties: CarriedProperties,
    name: string,
    wanted: Readonly<Record<string, Json>> | undefined,
): CarriedProperties {
    if (name === staticWebsite) {
        return { staticWebsite: wanted === undefined ? { enabled: false } : { enabled: true, ...wanted } };
    }
    if (name === softDelete) {
        const policy = wanted === undefined ? { enabled: false } : { enabled: true, ...wanted };
        return { deleteRetentionPolicy: policy };
    }
    const rules = named(properties.cors ?? []);
    if (wanted === undefined) {
        return { cors: rules.filter(([other]) => other !== name).map(([, rule]) => rule) };
    }
    const rule = { ...wanted, allowedOrigins: originsOf(name) } as unknown as CorsRule;
    const isThere = rules.some(([other]) => other === name);
    return {
        cors: isThere
            ? rules.map(([other, found]) => (other === name ? rule : found))
            : [...rules.map(([, found]) => found), rule],
    };
}

/**
 * Rules have no names: each is called by its origins, and a later one with the same origins by its number as well. The
 * service reads them in order, so the order among those is kept.
 */
function named(rules: readonly CorsRule[]): [name: string, rule: CorsRule][] {
    const counts = new Map<string, number>();
    return rules.map((rule) => {
        const number = (counts.get(rule.allowedOrigins) ?? 0) + 1;
        counts.set(rule.allowedOrigins, number);
        return [`${corsPrefix}${rule.allowedOrigins}${number === 1 ? "" : ` (${String(number)})`}`, rule];
    });
}

function originsOf(name: string): string {
    return name.slice(corsPrefix.length).replace(/ \(\d+\)$/, "");
}

function websiteProperties(website: NonNullable<CarriedProperties["staticWebsite"]>): Record<string, Json> {
    const { indexDocument, errorDocument404Path, defaultIndexDocumentPath } = website;
    return optional({ indexDocument, errorDocument404Path, defaultIndexDocumentPath });
}

function optional(values: Record<string, Json | undefined>): Record<string, Json> {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<
        string,
        Json
    >;
}

/** The service keeps no dates of its settings: the hash over all of one is all there is. */
function toItem(name: string, properties: Record<string, Json>): Item {
    const hash = createHash("sha256").update(canonicalJson(properties)).digest("hex").slice(0, 12);
    return { name, version: `#${hash}`, properties };
}
