import type { Detail, ElementType, Item, Mode } from "../contract.js";
import { SetDigest } from "./set-digest.js";
import type { Copied, GroupRecord, ItemRecord, ItemsByGroup, ItemsByName } from "./types.js";

export interface DriftRequest {
    readonly element: Pick<ElementType, "key">;
    readonly detail: Detail;
    /** As the last run had it. */
    readonly items: ItemsByName | ItemsByGroup;
    readonly copied: Copied;
    /** The target's listing. */
    readonly target: AsyncIterable<Item>;
    /** Target name by source name. Default: none. */
    readonly rename?: Readonly<Record<string, string>>;
    /** In template mode a value that somebody gives a placeholder is no drift. Default: `replication`. */
    readonly mode?: Mode;
}

/**
 * The input `items` as a refresh shows it: what is at the target as we left it stays, what somebody changed is marked
 * `changed at target (VERSION)`, what is gone is left out. What we never wrote stays as it is. Reads the listing once.
 */
export async function drift(request: DriftRequest): Promise<ItemsByName | ItemsByGroup> {
    return request.detail === "groups" ? driftByGroup(request) : driftByName(request);
}

async function driftByName(request: DriftRequest): Promise<ItemsByName> {
    const { element, rename = {}, mode = "replication" } = request;
    const versions = new Map<string, string>();
    for await (const item of request.target) versions.set(element.key(item.name), item.version);
    const records = keyed(request, request.copied as Record<string, ItemRecord>);
    const renames = keyed(request, rename);
    const items = Object.entries(request.items as ItemsByName).flatMap(
        ([name, version]): [string, string][] => {
            const key = element.key(renames.get(element.key(name)) ?? name);
            const record = records.get(key);
            const found = versions.get(key);
            if (record === undefined) return [[name, version]];
            if (found === undefined) return [];
            if (found === record.target || mode === "template") return [[name, version]];
            return [[name, `changed at target (${found})`]];
        },
    );
    return Object.fromEntries(items);
}

async function driftByGroup(request: DriftRequest): Promise<ItemsByGroup> {
    const { element } = request;
    const records = new Map(Object.entries(request.copied as Record<string, GroupRecord>));
    const found = new Map<string, { digest: SetDigest; exceptions: ReadonlySet<string> }>();
    for (const [name, record] of records) {
        const exceptions = new Set((record.exceptions ?? []).map((exception) => element.key(exception)));
        found.set(name, { digest: new SetDigest(), exceptions });
    }
    for await (const item of request.target) {
        const group = found.get(item.group ?? "");
        if (group?.exceptions.has(element.key(item.name)) === false)
            group.digest.add(item.name, item.version);
    }
    const entries = Object.entries(request.items as ItemsByGroup).flatMap(([name, summary]) => {
        const digest = found.get(name)?.digest;
        const expected = records.get(name)?.targetDigest;
        if (digest === undefined || expected === undefined || digest.toString() === expected)
            return [[name, summary]];
        if (digest.count === 0) return [];
        return [[name, { ...summary, digest: `changed at target (${digest.toString()})` }]];
    });
    return Object.fromEntries(entries) as ItemsByGroup;
}

function keyed<T>(request: DriftRequest, values: Readonly<Record<string, T>>): Map<string, T> {
    return new Map(Object.entries(values).map(([name, value]) => [request.element.key(name), value]));
}
