import { canonicalJson } from "../../core/json.js";
import type { SecretVersion } from "./content.js";

/** Which version of the source each version of the target is a copy of. */
export type Pairing = ReadonlyMap<SecretVersion, SecretVersion>;

/** Whether `copy` holds the very value of `version`: the same version restored, or the same text. */
export function holdsValueOf(copy: SecretVersion, version: SecretVersion): boolean {
    return copy.id === version.id || (copy.value !== undefined && copy.value === version.value);
}

/** Whether two versions agree in all that is carried beside the value. */
export function propertiesAgree(a: SecretVersion, b: SecretVersion): boolean {
    return canonicalJson(a.properties) === canonicalJson(b.properties);
}

/**
 * Pairs the target's versions with the source's, each with one at most, the oldest first: creation counts whole seconds,
 * so the order among equals is not known. By id, then by value and properties, by value, and at last those whose value
 * can't be read any more by their looks.
 *
 * @param fixed a pair that is known beforehand.
 */
export function pairUp(
    source: readonly SecretVersion[],
    target: readonly SecretVersion[],
    fixed?: { readonly copy: SecretVersion; readonly of: SecretVersion },
): Pairing {
    const pairs = new Map<SecretVersion, SecretVersion>();
    const free = new Set(source);
    const join = (copy: SecretVersion, of: SecretVersion): void => {
        pairs.set(copy, of);
        free.delete(of);
    };
    if (fixed !== undefined) join(fixed.copy, fixed.of);
    const rules: ((copy: SecretVersion, of: SecretVersion) => boolean)[] = [
        (copy, of) => copy.id === of.id,
        (copy, of) => holdsValueOf(copy, of) && propertiesAgree(copy, of),
        holdsValueOf,
    ];
    for (const isCopy of rules) {
        for (const copy of target) {
            if (pairs.has(copy)) continue;
            const of = [...free].find((version) => isCopy(copy, version));
            if (of !== undefined) join(copy, of);
        }
    }
    for (const [copy, of] of pairsOfUnreadable(
        [...free],
        target.filter((copy) => !pairs.has(copy)),
        source,
    )) {
        join(copy, of);
    }
    return pairs;
}

/**
 * A version that was disabled at the source after it was copied looks like its copy but for that, and is older. Two that
 * are disabled on both sides are told by their looks alone.
 */
function pairsOfUnreadable(
    free: readonly SecretVersion[],
    copies: readonly SecretVersion[],
    source: readonly SecretVersion[],
): [SecretVersion, SecretVersion][] {
    const values = new Set(source.map(({ value }) => value));
    const left = copies.filter(({ value }) => value === undefined || !values.has(value));
    const unreadable = Map.groupBy(
        free.filter(({ value }) => value === undefined),
        lookOf,
    );
    return [...unreadable].flatMap(([look, versions]) => {
        const alike = left.filter((copy) => lookOf(copy) === look);
        // More than there can be copies of: then nothing tells which of them are.
        if (alike.length > versions.length) return [];
        return alike.flatMap((copy, index): [SecretVersion, SecretVersion][] => {
            const of = versions[index];
            return of === undefined || copy.created < of.created ? [] : [[copy, of]];
        });
    });
}

function lookOf({ properties }: SecretVersion): string {
    return canonicalJson({ ...properties, enabled: null });
}
