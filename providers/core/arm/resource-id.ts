import type { DataplaneError } from "../errors.js";

/** An ARM resource ID in its parts. */
export interface ArmReference {
    readonly kind: "arm";
    /** As the user gave it, without white space around it. */
    readonly text: string;
    /** Without a trailing slash; the case is the user's. */
    readonly id: string;
    readonly subscriptionId: string;
    /** Undefined for the few resources that stand in a subscription directly. */
    readonly resourceGroup?: string;
    /** With the types of parents: `Microsoft.Sql/servers/databases`. */
    readonly type: string;
    /** The last of `names`. */
    readonly name: string;
    /** Names from the top-level resource down, as many as `type` has types. */
    readonly names: readonly string[];
    /** What stands below the top-level resource; empty for most. */
    readonly children: readonly { readonly type: string; readonly name: string }[];
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Resource groups: letters, digits, `-_.()`, at most 90, no period at the end.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources
 */
const resourceGroupName = /^[-\p{L}\p{N}_.()]{0,89}[-\p{L}\p{N}_()]$/u;

const namespacePattern = /^[a-z0-9]+(\.[a-z0-9]+)+$/i;
const typePattern = /^[a-z0-9]+$/i;

/** Characters that no resource name has and that would change the URL that the name is put in. */
const unsafeInName = /[\s%?#\\<>"'\p{Cc}]|^\.{1,2}$/u;

/**
 * Takes an ARM resource ID apart.
 *
 * @param malformed makes the error of a sentence that says what is wrong.
 * @throws what `malformed` makes.
 */
export function parseArmId(text: string, malformed: (what: string) => DataplaneError): ArmReference {
    if (!text.startsWith("/"))
        throw malformed(`"${shortened(text)}" begins neither with /subscriptions/ nor https://`);
    const id = text.replace(/\/+$/, "");
    const segments = id.split("/").slice(1);
    if (segments.includes("")) throw malformed("it has an empty part (two slashes)");
    const [first, subscriptionId, ...rest] = segments;
    if (first?.toLowerCase() !== "subscriptions") throw malformed("it does not begin with /subscriptions/");
    if (subscriptionId === undefined) throw malformed("it ends after /subscriptions");
    if (!guid.test(subscriptionId))
        throw malformed(`the subscription "${shortened(subscriptionId)}" is not a GUID`);
    const { resourceGroup, after } = takeResourceGroup(rest, malformed);
    const [providers, namespace, ...path] = after;
    if (providers === undefined) throw malformed("it ends before /providers/: it names no resource");
    if (providers.toLowerCase() !== "providers")
        throw malformed(`"${shortened(providers)}" stands where "providers" must`);
    if (namespace === undefined || !namespacePattern.test(namespace)) {
        throw malformed("no resource provider such as Microsoft.KeyVault follows /providers");
    }
    return {
        kind: "arm",
        text,
        id,
        subscriptionId,
        ...resourceGroup,
        ...takeTypes(namespace, path, malformed),
    };
}

function takeResourceGroup(rest: readonly string[], malformed: (what: string) => DataplaneError) {
    const [word, name, ...after] = rest;
    if (word?.toLowerCase() !== "resourcegroups") return { resourceGroup: {}, after: rest };
    if (name === undefined) throw malformed("no name follows /resourceGroups");
    if (!resourceGroupName.test(name)) {
        throw malformed(`"${shortened(name)}" can't be the name of a resource group`);
    }
    return { resourceGroup: { resourceGroup: name }, after };
}

function takeTypes(namespace: string, path: readonly string[], malformed: (what: string) => DataplaneError) {
    if (path.length === 0) throw malformed(`no type and name follow ${shortened(namespace)}`);
    if (path.length % 2 !== 0) throw malformed(`no name follows the type "${shortened(path.at(-1) ?? "")}"`);
    const pairs: { type: string; name: string }[] = [];
    for (let index = 0; index < path.length; index += 2) {
        const [type = "", name = ""] = path.slice(index, index + 2);
        if (type.toLowerCase() === "providers") {
            throw malformed("it names something attached to a resource: name the resource itself");
        }
        if (!typePattern.test(type)) throw malformed(`"${shortened(type)}" can't be a type of resource`);
        if (unsafeInName.test(name)) throw malformed(`"${shortened(name)}" can't be the name of a resource`);
        pairs.push({ type, name });
    }
    const names = pairs.map((pair) => pair.name);
    return {
        type: [namespace, ...pairs.map((pair) => pair.type)].join("/"),
        name: names.at(-1) ?? "",
        names,
        children: pairs.slice(1),
    };
}

/** What is wrong is shown, but not at any length: it may be a secret that landed in the wrong place. */
function shortened(text: string): string {
    return text.length <= 24 ? text : `${text.slice(0, 12)}…`;
}
