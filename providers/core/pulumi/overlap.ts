/** What one replica of this program writes at the target. */
export interface Claim {
    /** The replica's name in the program. */
    resource: string;
    /** Canonical identity of the target and the element type's key. */
    target: string;
    elementKey: string;
    /** Names at the target, folded as the service compares them; or groups where items stand by group. */
    names: ReadonlySet<string>;
    /** Only by group: the patterns, by which two replicas may share a group. */
    patterns?: readonly string[];
}

/** The first name that two claims share, or undefined where they keep apart. */
function overlap(a: Claim, b: Claim): string | undefined {
    if (a.target !== b.target || a.elementKey !== b.elementKey) return undefined;
    const [small, large] = a.names.size <= b.names.size ? [a, b] : [b, a];
    for (const name of small.names) {
        if (large.names.has(name) && !provablyApart(a.patterns, b.patterns)) return name;
    }
    return undefined;
}

/**
 * Whether no name can match patterns of both sides: each pair differs within the part before its first wildcard.
 * Anything less certain counts as an overlap.
 */
export function provablyApart(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
    if (a === undefined || b === undefined) return false;
    return a.every((one) => b.every((other) => literalsDiffer(one, other)));
}

function literalsDiffer(a: string, b: string): boolean {
    const [x, y] = [literalStart(a), literalStart(b)];
    const length = Math.min(x.length, y.length);
    return x.slice(0, length) !== y.slice(0, length);
}

function literalStart(pattern: string): string {
    return /^[^*?[\]{}()!+@\\]*/.exec(pattern)?.[0] ?? "";
}

/** The claims of one program run. */
export class Claims {
    readonly #claims: Claim[] = [];

    /** Enters a claim; answers with a sentence where another replica of the program has it already. */
    enter(claim: Claim): string | undefined {
        for (const other of this.#claims) {
            const name = overlap(other, claim);
            if (name !== undefined) {
                return (
                    `"${claim.resource}" and "${other.resource}" would both write "${name}" at the same target: ` +
                    `narrow "include" or "exclude" of one of them`
                );
            }
        }
        this.#claims.push(claim);
        return undefined;
    }
}
