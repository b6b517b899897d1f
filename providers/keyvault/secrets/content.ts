import type { CarriedProperties } from "./item.js";

/** What a secret holds. Values are in memory only, and never part of an error. */
export interface SecretContent {
    /** Of the current version. Undefined where Key Vault gives none: that of a disabled secret. */
    readonly value: string | undefined;
    /** With `versions: "all"`: the oldest first, the current one last, at least one. */
    readonly versions?: readonly SecretVersion[];
}

/** One version of a secret. */
export interface SecretVersion {
    /** The id that its vault gave it; the same in two vaults only where a backup was restored. */
    readonly id: string;
    /** When it was made: milliseconds since the epoch, in whole seconds as Key Vault counts them. */
    readonly created: number;
    /** Undefined where it is disabled. */
    readonly value: string | undefined;
    readonly properties: CarriedProperties;
    readonly mark?: VersionMark;
}

/**
 * What a tag of ours says about a version.
 * - `placeholder`: it has no content of the source; no part of a history, and neither is what is below it.
 * - `older`: it is not the source's current version although it has its value.
 * - `first`: with it begins the copy of a history; what is below it is somebody else's.
 */
export type VersionMark = "placeholder" | "older" | "first";

/** The content with every value replaced. */
export function rewriteContent(content: SecretContent, replace: (text: string) => string): SecretContent {
    const rewritten = (value: string | undefined): string | undefined =>
        value === undefined ? undefined : replace(value);
    return {
        value: rewritten(content.value),
        ...(content.versions && {
            versions: content.versions.map((version) => ({ ...version, value: rewritten(version.value) })),
        }),
    };
}
