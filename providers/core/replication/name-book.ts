import type { ElementType, Item } from "../contract.js";
import type { RecordBook, Settlement } from "./book.js";
import type { Standing } from "./decide.js";
import type { Pair } from "./join.js";
import type { Copied, ItemRecord } from "./types.js";

interface Entry {
    name: string;
    record: ItemRecord;
}

/** Records by name: an item is ours while the target shows the version that we wrote. */
export class NameBook implements RecordBook {
    readonly #element: ElementType;
    readonly #entries = new Map<string, Entry>();
    readonly #old: ReadonlyMap<string, ItemRecord>;
    readonly #seen = new Set<string>();

    constructor(element: ElementType, copied: Copied) {
        this.#element = element;
        const old = new Map<string, ItemRecord>();
        for (const [name, record] of Object.entries(copied) as [string, Partial<ItemRecord>][]) {
            // A record by group says nothing about an item: somebody changed `detail`.
            if (!isItemRecord(record)) continue;
            this.#entries.set(element.key(name), { name, record });
            old.set(element.key(name), record);
        }
        this.#old = old;
    }

    standing(pair: Pair, target: Item | undefined): Standing {
        const record = this.#old.get(this.#element.key(pair.name));
        if (record === undefined || target === undefined) return { ours: false, sourceUnchanged: false };
        return {
            ours: record.target === target.version,
            sourceUnchanged: record.source === pair.source?.version,
        };
    }

    origin(pair: Pair): ItemRecord["origin"] | undefined {
        return this.#old.get(this.#element.key(pair.name))?.origin;
    }

    settle(settlement: Settlement): void {
        const { kind, pair, target, source } = settlement;
        const key = this.#element.key(pair.name);
        this.#seen.add(key);
        if (kind === "pruned" || (kind === "absent" && pair.source === undefined)) this.#entries.delete(key);
        if (target === undefined) return;
        // What we neither wrote nor proved keeps its old record.
        if (kind !== "proven" && !(kind === "owned" && settlement.wrote)) return;
        const old = this.#old.get(key);
        const rewritten = kind === "proven" && (settlement.rewritten ?? old?.rewritten ?? false);
        this.#entries.set(key, {
            name: target.name,
            record: {
                source: kind === "proven" ? (source?.version ?? "") : "",
                target: target.version,
                origin: settlement.origin ?? old?.origin ?? "adopted",
                ...(rewritten ? { rewritten } : {}),
            },
        });
    }

    close(): void {
        // Each write's own answer is on record already; the closing listing only has to agree with it.
    }

    openGroups(): string[] {
        return [];
    }

    /** Records by name hold versions alone. */
    closesAt(): boolean {
        return true;
    }

    finish(ended: { listed: boolean }): Copied {
        const entries = [...this.#entries.entries()]
            // What neither side has any more leaves nothing to remember.
            .filter(([key]) => !ended.listed || this.#seen.has(key))
            .map(([, { name, record }]): [string, ItemRecord] => [name, record]);
        return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    }
}

function isItemRecord(record: Partial<ItemRecord>): record is ItemRecord {
    return (
        typeof record.source === "string" && typeof record.target === "string" && record.origin !== undefined
    );
}
