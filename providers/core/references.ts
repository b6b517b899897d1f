import type { Plugin } from "./contract.js";
import { clouds, type CloudName } from "./clouds.js";
import { parseArmId, type ArmReference } from "./arm/resource-id.js";
import { DataplaneError } from "./errors.js";
import { redact } from "./redact.js";

export type { ArmReference } from "./arm/resource-id.js";

/** A data-plane URL, for people who have no right to read ARM. */
export interface UrlReference {
    readonly kind: "url";
    /** As the user gave it, without white space around it. */
    readonly text: string;
    readonly url: URL;
}

/** How a user names an Azure resource: an ARM resource ID or an https URL of its data plane. */
export type Reference = ArmReference | UrlReference;

/**
 * Reads what a user gave as `source` or `target`.
 *
 * @throws DataplaneError `InvalidArgument` that says what is wrong and shows an example. Never echoes a query, which
 * may be a shared access signature.
 */
export function parseReference(text: string): Reference {
    const trimmed = text.trim();
    if (trimmed === "") throw malformed("it is empty");
    if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed)) return parseUrl(trimmed);
    return parseArmId(trimmed, malformed);
}

function parseUrl(text: string): UrlReference {
    if (!URL.canParse(text)) throw malformed(`"${redact(text)}" is not a URL`);
    const url = new URL(text);
    if (url.protocol !== "https:") throw malformed(`the URL of ${url.host} does not begin with https://`);
    if (url.username !== "" || url.password !== "") {
        throw malformed(
            `the URL of ${url.host} carries a user name or password: sign in with a profile instead`,
        );
    }
    if (url.search !== "" || url.hash !== "") {
        throw malformed(
            `the URL of ${url.host} carries a query or fragment: leave it out, and sign in with a profile instead ` +
                `of a shared access signature`,
        );
    }
    return { kind: "url", text, url };
}

const example =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/prod/providers/Microsoft.KeyVault/vaults/app" +
    " or https://app.vault.azure.net";

function malformed(what: string): DataplaneError {
    return new DataplaneError("InvalidArgument", `Not a reference to an Azure resource: ${what}`, {
        remedy: `Give an ARM resource ID or a data-plane URL, such as ${example}.`,
    });
}

/**
 * Canonical identity of a resource: equal for every spelling (case, trailing slash, URL or ARM resource ID). Only for
 * comparison: no endpoint is ever built of it.
 *
 * @param cloud the cloud of the profile, for ARM resource IDs and hosts that don't tell theirs; default `public`.
 * @throws DataplaneError `InvalidArgument` where the text is malformed or a URL is not of this plugin.
 */
export function identity(text: string, plugin: Plugin, cloud: CloudName = "public"): string {
    const reference = parseReference(text);
    if (reference.kind === "arm") {
        const scope =
            plugin.uniqueNames === false ? [reference.subscriptionId, reference.resourceGroup ?? ""] : [];
        return [cloud, ...scope, reference.type, reference.names.join("/")].join("|").toLowerCase();
    }
    const found = plugin.fromUrl(reference.url);
    if (found === undefined) throw mismatch(plugin, reference);
    const type = found.type ?? plugin.resourceTypes[0] ?? plugin.kind;
    return [cloudOfHost(reference.url.hostname) ?? cloud, type, found.name].join("|").toLowerCase();
}

/** The cloud that a data-plane host belongs to by its suffix; undefined for private and custom names. */
function cloudOfHost(hostname: string): CloudName | undefined {
    const host = hostname.toLowerCase();
    for (const cloud of Object.values(clouds)) {
        if (cloud.suffixes.some((suffix) => host.endsWith(`.${suffix}`))) return cloud.name;
    }
    return undefined;
}

/** Whether the plugin can work with what the reference names, as far as that shows without asking Azure. */
export function referenceMatches(plugin: Plugin, reference: Reference): boolean {
    return referenceProblem(plugin, reference) === undefined;
}

/**
 * Why the plugin can't work with what the reference names, as a phrase that follows the argument's name: `is a
 * Microsoft.Storage/storageAccounts, this needs Microsoft.KeyVault/vaults`. Undefined where it can. No I/O.
 */
export function referenceProblem(plugin: Plugin, reference: Reference): string | undefined {
    const needs = plugin.resourceTypes.join(" or ");
    if (reference.kind === "url") {
        if (plugin.fromUrl(reference.url) !== undefined) return undefined;
        return `is not a URL of ${plugin.title} (${reference.url.host}), this needs ${needs}`;
    }
    const type = reference.type.toLowerCase();
    if (plugin.resourceTypes.some((candidate) => candidate.toLowerCase() === type)) return undefined;
    return `is a ${reference.type}, this needs ${needs}`;
}

/** The error for a reference that the plugin can't work with; `argument` is the user's, such as `source`. */
export function mismatch(plugin: Plugin, reference: Reference, argument = "reference"): DataplaneError {
    const problem = referenceProblem(plugin, reference) ?? `is not of ${plugin.title}`;
    return new DataplaneError("InvalidArgument", `${argument} ${problem}`, {
        argument,
        resource: reference.text,
        remedy: `Name a resource of type ${plugin.resourceTypes.join(" or ")}.`,
    });
}
