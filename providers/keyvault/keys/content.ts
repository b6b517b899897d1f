import type { VaultPlace } from "../boundary.js";
import { isSameKey, type SomeKey } from "./item.js";

/** What stands for the content of a key, whose private part is never read. */
export interface KeyContent {
    readonly name: string;
    /** The current version's id. */
    readonly version: string;
    /** Of the current version: see `KeyIdentity`. */
    readonly publicKey?: string;
    /** Ids of all versions. */
    readonly versions: readonly string[];
    /** Versions at a source that versions of this key were made anew for. */
    readonly recreatedFrom: readonly string[];
    readonly hasRotationPolicy: boolean;
    /** The vault that it is in. */
    readonly place: VaultPlace;
    /** Asks for a backup of the key: encrypted by the service, for it alone to open. */
    backup(): Promise<Uint8Array | undefined>;
    /**
     * Told that there was no right to a backup. The next content of this key then comes with it, so that whoever reads
     * the source meets the denial, and not whoever writes the target.
     */
    denied(): void;
}

/** Whether the target has the very key, or one that was made anew for a version of it. */
export function standsFor(
    source: SomeKey & Pick<KeyContent, "versions">,
    target: SomeKey & Pick<KeyContent, "recreatedFrom">,
): boolean {
    return (
        isSameKey(source, target) || target.recreatedFrom.some((version) => source.versions.includes(version))
    );
}

/** Whether nothing but properties remains to be brought. A rotation policy that is still to come is more than that. */
export function isEqual(source: KeyContent, target: KeyContent): boolean {
    return standsFor(source, target) && !lacksPolicy(source, target);
}

/**
 * Whether the target has what a write of ours left that did not come to its end, or the source as it was before it was
 * rotated: each version of the target's key is one of the source's, which only a restored backup brings about.
 */
export function isContinued(source: KeyContent, target: KeyContent): boolean {
    if (standsFor(source, target)) return lacksPolicy(source, target);
    return (
        target.versions.length > 0 && target.versions.every((version) => source.versions.includes(version))
    );
}

function lacksPolicy(source: KeyContent, target: KeyContent): boolean {
    return source.hasRotationPolicy && !target.hasRotationPolicy;
}
