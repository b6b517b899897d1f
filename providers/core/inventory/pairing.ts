import { DataplaneError } from "../errors.js";
import type { InventoryResource } from "./inventory.js";

/** How a resource of the source finds its counterpart at the target. */
export interface PairingRule {
    /** Target by source: each a name or an ARM resource ID. What stands here is not looked for otherwise. */
    readonly mapping?: Readonly<Record<string, string>>;
    /**
     * Key of a tag. The counterpart's tag names the source (its name or resource ID) or has the same value as the
     * source's tag of that key. Names decide where no tag does.
     */
    readonly tag?: string;
    /** Replacement by text, in the source's name before it is compared: `{ prod: "staging" }`. The longest wins. */
    readonly rename?: Readonly<Record<string, string>>;
}

/** Two resources of one type: what is in the first goes into the second. */
export interface ResourcePair<Resource extends InventoryResource = InventoryResource> {
    readonly source: Resource;
    readonly target: InventoryResource;
    readonly by: "mapping" | "tag" | "name";
}

/** A resource of the source without one counterpart, and why. */
export interface Unpaired<Resource extends InventoryResource = InventoryResource> {
    readonly source: Resource;
    /** A sentence's end for people: `no Microsoft.KeyVault/vaults at the target is called "app"`. */
    readonly reason: string;
}

export interface Pairing<Resource extends InventoryResource = InventoryResource> {
    readonly pairs: readonly ResourcePair<Resource>[];
    readonly unpaired: readonly Unpaired<Resource>[];
}

interface Candidate {
    readonly by: ResourcePair["by"];
    readonly targets: readonly InventoryResource[];
    readonly reason: string;
}

/**
 * Pairs each source with at most one target of its type, and each target with at most one source. Whatever is not
 * clear is not paired: it stands among `unpaired` with its reason. Letters' case doesn't count. The answer is in the
 * order of the sources, and the order of the targets doesn't matter. No I/O.
 *
 * @throws DataplaneError `InvalidArgument` where the mapping names what is not there.
 */
export function pairResources<Resource extends InventoryResource>(
    sources: readonly Resource[],
    targets: readonly InventoryResource[],
    rule: PairingRule = {},
): Pairing<Resource> {
    const mapping = resolveMapping(sources, targets, rule.mapping ?? {});
    const candidates = sources.map((source) => ({
        source,
        candidate: candidateOf(source, targets, rule, mapping),
    }));
    const wanted = new Map<string, Resource[]>();
    for (const { source, candidate } of candidates) {
        const [only, second] = candidate.targets;
        if (only === undefined || second !== undefined) continue;
        const key = only.id.toLowerCase();
        wanted.set(key, [...(wanted.get(key) ?? []), source]);
    }
    const pairs: ResourcePair<Resource>[] = [];
    const unpaired: Unpaired<Resource>[] = [];
    for (const { source, candidate } of candidates) {
        const [only, second] = candidate.targets;
        if (only === undefined) unpaired.push({ source, reason: candidate.reason });
        else if (second !== undefined) {
            const names = candidate.targets.map(({ id }) => id).sort();
            unpaired.push({ source, reason: `several at the target fit it: ${names.join(", ")}` });
        } else if ((wanted.get(only.id.toLowerCase()) ?? []).length > 1) {
            unpaired.push({ source, reason: `other sources would go into the same target, ${only.id}` });
        } else pairs.push({ source, target: only, by: candidate.by });
    }
    return { pairs, unpaired };
}

function candidateOf(
    source: InventoryResource,
    all: readonly InventoryResource[],
    rule: PairingRule,
    mapping: ReadonlyMap<string, InventoryResource>,
): Candidate {
    const mapped = mapping.get(fold(source.id));
    if (mapped !== undefined) return { by: "mapping", targets: [mapped], reason: "" };
    // A target that the mapping gives to another source is taken.
    const taken = new Set([...mapping.values()].map(({ id }) => fold(id)));
    const targets = all.filter(
        (target) =>
            fold(target.type) === fold(source.type) &&
            fold(target.id) !== fold(source.id) &&
            !taken.has(fold(target.id)),
    );
    if (rule.tag !== undefined) {
        const tagged = targets.filter((target) => tagFits(rule.tag ?? "", source, target));
        if (tagged.length > 0) return { by: "tag", targets: tagged, reason: "" };
    }
    const name = renamed(source.name, rule.rename ?? {});
    const named = targets.filter((target) => fold(target.name) === fold(name));
    const sameGroup = named.filter((target) => fold(target.resourceGroup) === fold(source.resourceGroup));
    return {
        by: "name",
        targets: named.length > 1 && sameGroup.length === 1 ? sameGroup : named,
        reason:
            `no ${source.type} at the target is called "${name}"` +
            (rule.tag === undefined ? "" : ` or has a tag "${rule.tag}" that fits`),
    };
}

function tagFits(key: string, source: InventoryResource, target: InventoryResource): boolean {
    const there = tagOf(target, key);
    if (there === undefined) return false;
    const here = tagOf(source, key);
    return here === there || fold(there) === fold(source.name) || fold(there) === fold(source.id);
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources: keys have no case, values do. */
function tagOf(resource: InventoryResource, key: string): string | undefined {
    const found = Object.entries(resource.tags).find(([name]) => fold(name) === fold(key))?.[1];
    return found === "" ? undefined : found;
}

/** Replaces at one pass: what was put in is not looked at again. */
function renamed(name: string, rename: Readonly<Record<string, string>>): string {
    const texts = Object.keys(rename)
        .filter((text) => text !== "")
        .sort((a, b) => b.length - a.length);
    if (texts.length === 0) return name;
    const pattern = new RegExp(
        texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"),
        "g",
    );
    return name.replace(pattern, (text) => rename[text] ?? text);
}

/** The mapped target by the source's folded ID. */
function resolveMapping(
    sources: readonly InventoryResource[],
    targets: readonly InventoryResource[],
    mapping: Readonly<Record<string, string>>,
): ReadonlyMap<string, InventoryResource> {
    const resolved = new Map<string, InventoryResource>();
    for (const [from, to] of Object.entries(mapping)) {
        const source = theOne(from, sources, "source", () => true);
        const target = theOne(to, targets, "target", ({ type }) => fold(type) === fold(source.type));
        if (fold(source.id) === fold(target.id)) {
            throw wrong(`"${from}" is mapped to itself`, "Map it to another resource.");
        }
        resolved.set(fold(source.id), target);
    }
    return resolved;
}

function theOne<Resource extends InventoryResource>(
    text: string,
    resources: readonly Resource[],
    side: string,
    fits: (resource: Resource) => boolean,
): Resource {
    const wanted = fold(text);
    const [found, second] = resources.filter(
        (resource) => fits(resource) && (fold(resource.id) === wanted || fold(resource.name) === wanted),
    );
    if (found === undefined) {
        throw wrong(
            `the mapping names "${text}", which is not among the ${side}'s resources that fit`,
            "Check its name and type, or give its resource ID.",
        );
    }
    if (second !== undefined) {
        throw wrong(`the mapping's "${text}" is several resources of the ${side}`, "Give its resource ID.");
    }
    return found;
}

function wrong(what: string, remedy: string): DataplaneError {
    return new DataplaneError("InvalidArgument", `Pairing: ${what}`, { argument: "mapping", remedy });
}

function fold(text: string): string {
    return text.toLowerCase();
}
