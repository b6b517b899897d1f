import { badParameter } from "./errors.js";

/** Source: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets; the same for keys and certificates. */
const MAXIMUM_TAGS = 15;
const MAXIMUM_TAG_CHARACTERS = 256;

/** What a caller may say about any object. Absent members are left as they are; times are whole seconds. */
export interface CommonParameters {
    tags?: Record<string, string>;
    enabled?: boolean;
    nbf?: number;
    exp?: number;
}

/**
 * Throws 400 for a name that is no object's.
 * Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers
 */
export function checkName(name: string): void {
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) {
        throw badParameter(`The request URI contains an invalid name: ${name}`);
    }
}

/** Throws 400 where the version of the API is missing or none that there ever was. */
export function checkApiVersion(version: string | undefined): void {
    if (version === undefined || version === "") throw badParameter("api-version must be specified");
    if (!/^(7\.\d|20\d\d-\d\d-\d\d)(-preview(\.\d+)?)?$/.test(version)) {
        throw badParameter(`The specified version (${version}) is not recognized.`);
    }
}

/** The body as a JSON object. Throws 400. */
export function parseObject(body: Buffer): Record<string, unknown> {
    let parsed: unknown;
    try {
        parsed = JSON.parse(body.toString("utf8"));
    } catch {
        throw badParameter("Request body is not a valid JSON object.");
    }
    return asObject(parsed, "");
}

/** A JSON object. Throws 400 that names the property. */
export function asObject(value: unknown, property: string): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidProperty(property);
    return { ...value };
}

/** A member that is an object; an empty one where it is absent. Throws 400. */
export function memberObject(json: Record<string, unknown>, property: string): Record<string, unknown> {
    const value = json[property];
    return value === undefined || value === null ? {} : asObject(value, property);
}

/** Reads the tags and the attributes that all objects have. Throws 400. */
export function parseCommon(json: Record<string, unknown>): CommonParameters {
    const attributes = memberObject(json, "attributes");
    const parameters: CommonParameters = {};
    if (json.tags !== undefined && json.tags !== null)
        parameters.tags = checkTags(asObject(json.tags, "tags"));
    if (typeof attributes.enabled === "boolean") parameters.enabled = attributes.enabled;
    const nbf = checkTime("nbf", attributes.nbf);
    const exp = checkTime("exp", attributes.exp);
    if (nbf !== undefined) parameters.nbf = nbf;
    if (exp !== undefined) parameters.exp = exp;
    if (nbf !== undefined && exp !== undefined && exp <= nbf) throw invalidProperty("exp");
    return parameters;
}

/** 400 in the words of the service; the property's value is never repeated. */
export function invalidProperty(property: string): Error {
    return badParameter(`Property ${property} has invalid value\r\n`);
}

function checkTags(tags: Record<string, unknown>): Record<string, string> {
    const entries = Object.entries(tags);
    if (entries.length > MAXIMUM_TAGS) throw invalidProperty("tags");
    const checked: Record<string, string> = {};
    for (const [key, value] of entries) {
        if (typeof value !== "string") throw invalidProperty("tags");
        if (key.length > MAXIMUM_TAG_CHARACTERS || value.length > MAXIMUM_TAG_CHARACTERS)
            throw invalidProperty("tags");
        checked[key] = value;
    }
    return checked;
}

function checkTime(name: string, value: unknown): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) throw invalidProperty(name);
    return value;
}
