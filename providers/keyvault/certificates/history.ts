/**
 * Which versions are still to be written, as indices into the source's: oldest first, the last one is the source's
 * current. Both lists are thumbprints, oldest first, so that a certificate is known wherever it is.
 *
 * An old version is never put over a current one that something may be using: over a current version that the source
 * doesn't know only the source's current one goes; `free` says that nobody uses it, as a placeholder.
 */
export function remainingVersions(
    source: readonly string[],
    target: readonly string[],
    free: boolean,
): readonly number[] {
    const all = source.map((_, index) => index);
    const current = target.at(-1);
    if (current === undefined) return all;
    const reached = source.lastIndexOf(current);
    if (reached >= 0) return all.slice(reached + 1);
    const knowsNone = target.every((thumbprint) => !source.includes(thumbprint));
    return free && knowsNone ? all : all.slice(-1);
}

/**
 * Whether the target has nothing but versions of the source, in its order, and not yet its current one: what a write
 * leaves that was killed half-way.
 */
export function isBeginning(source: readonly string[], target: readonly string[]): boolean {
    if (target.length === 0 || target.at(-1) === source.at(-1)) return false;
    let from = 0;
    return target.every((thumbprint) => {
        const at = source.indexOf(thumbprint, from);
        from = at + 1;
        return at >= 0;
    });
}
