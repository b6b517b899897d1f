import { createHash } from "node:crypto";
import type { Item } from "../core/contract.js";
import { canonicalJson, type Json } from "../core/json.js";
import type { CorsRule } from "./sdk.js";
import { settingsOf, type CarriedSetting, type SettingMember } from "./service-settings.js";

/** The services of an account that have settings of their own. */
export const propertyServices = ["blob", "queue", "table", "file"] as const;
export type PropertyService = (typeof propertyServices)[number];

/** What of a service's properties is carried; each member is set as a whole, and the others are left alone. */
export type CarriedProperties = { cors?: CorsRule[] } & Partial<Record<SettingMember, CarriedSetting>>;

const corsPrefix = "cors/";

/** Where an item belongs: those of the blob service have no prefix. */
export interface PropertyPlace {
    readonly service: PropertyService;
    /** Its name within the service. */
    readonly setting: string;
}

export function placeOf(name: string): PropertyPlace {
    const service = propertyServices.find((one) => one !== "blob" && name.startsWith(`${one}/`));
    return service === undefined
        ? { service: "blob", setting: name }
        : { service, setting: name.slice(service.length + 1) };
}

/** Why that can't be the name of one, or undefined. */
export function invalidPropertyName(name: string): string | undefined {
    const { service, setting } = placeOf(name);
    const known = settingsOf(service).map((one) => one.name);
    const isRule = setting.startsWith(corsPrefix) && setting.length > corsPrefix.length;
    if (isRule || known.includes(setting)) return undefined;
    const prefix = service === "blob" ? "" : `${service}/`;
    const names = [...known, `${corsPrefix}ORIGINS`].map((one) => `"${prefix}${one}"`);
    return `the settings of a ${service} service are ${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** The settings of a service that are on. Rules of CORS are items of their own. */
export function toPropertyItems(service: PropertyService, properties: CarriedProperties): Item[] {
    const prefix = service === "blob" ? "" : `${service}/`;
    const { cors = [] } = properties;
    return [
        ...named(cors).map(([name, { allowedOrigins: _origins, ...rule }]) =>
            toItem(prefix + name, { ...rule }),
        ),
        ...settingsOf(service).flatMap(({ name, member, shown }) => {
            const value = properties[member];
            const carried = value === undefined ? undefined : shown(value);
            return carried === undefined ? [] : [toItem(prefix + name, carried)];
        }),
    ];
}

/** The properties with that item among them, or without it where `wanted` is undefined: only what must be set. */
export function withItem(
    properties: CarriedProperties,
    { service, setting }: PropertyPlace,
    wanted: Readonly<Record<string, Json>> | undefined,
): CarriedProperties {
    const known = settingsOf(service).find(({ name }) => name === setting);
    if (known !== undefined) {
        return { [known.member]: wanted === undefined ? known.off : known.on(wanted) };
    }
    const rules = named(properties.cors ?? []);
    if (wanted === undefined) {
        return { cors: rules.filter(([other]) => other !== setting).map(([, rule]) => rule) };
    }
    const rule = { ...wanted, allowedOrigins: originsOf(setting) } as unknown as CorsRule;
    const isThere = rules.some(([other]) => other === setting);
    return {
        cors: isThere
            ? rules.map(([other, found]) => (other === setting ? rule : found))
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

function originsOf(setting: string): string {
    return setting.slice(corsPrefix.length).replace(/ \(\d+\)$/, "");
}

/** The service keeps no dates of its settings: the hash over all of one is all there is. */
function toItem(name: string, properties: Record<string, Json>): Item {
    const hash = createHash("sha256").update(canonicalJson(properties)).digest("hex").slice(0, 12);
    return { name, version: `#${hash}`, properties };
}
