import type { Item } from "../contract.js";
import { versionDigest } from "./set-digest.js";
import type { GroupRecord } from "./types.js";

/** Six bytes tell one of some thousand versions from any other; in base64 they are eight characters. */
const bytesOfVersion = { from: 16, to: 22 };
const charactersOfVersion = 8;

/** Stands for an item's version in a record's `targetRecent`. */
export function recentVersion(digest: Buffer): string {
    return digest.toString("base64", bytesOfVersion.from, bytesOfVersion.to);
}

/** What of the target a record covers: items that are as the last run left them. */
export class Coverage {
    readonly #until: number;
    readonly #recent: ReadonlySet<string>;

    constructor(record: GroupRecord | undefined) {
        const { targetWatermark, targetRecent = "" } = record ?? {};
        this.#until = targetWatermark === undefined ? Number.NEGATIVE_INFINITY : Date.parse(targetWatermark);
        this.#recent = new Set(targetRecent.match(new RegExp(`.{${charactersOfVersion}}`, "g")));
    }

    /** Whether the item was not changed since: by its time, or, where that says nothing, by its version. */
    has(item: Item): boolean {
        if (this.hasByTime(item)) return true;
        return this.#recent.size > 0 && this.hasRecent(recentVersion(versionDigest(item.name, item.version)));
    }

    hasByTime({ modified }: Item): boolean {
        return modified !== undefined && modified.getTime() <= this.#until;
    }

    hasRecent(version: string): boolean {
        return this.#recent.has(version);
    }
}
