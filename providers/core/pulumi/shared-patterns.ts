/**
 * Patterns that several replicas of one component share: one is only of no use where it matches nothing in any of them,
 * so the warning waits for the last one's listing.
 */
export class SharedPatterns {
    #waiting: number;
    #unmatched: readonly string[] | undefined;

    /** @param replicas how many will report. */
    constructor(replicas: number) {
        this.#waiting = replicas;
    }

    /**
     * Takes in which patterns matched nothing in one replica's listing, and answers with those to warn of now: none until
     * all have reported.
     */
    report(unmatched: readonly string[]): readonly string[] {
        this.#unmatched = this.#unmatched?.filter((pattern) => unmatched.includes(pattern)) ?? unmatched;
        this.#waiting -= 1;
        return this.#waiting === 0 ? this.#unmatched : [];
    }
}

const byParent = new WeakMap<object, SharedPatterns>();

/**
 * Tells that so many replicas under this component take the same `include`. To be called before they are declared.
 *
 * @param parent the component.
 */
export function sharePatterns(parent: object, replicas: number): void {
    byParent.set(parent, new SharedPatterns(replicas));
}

/** What the replicas of a component share, if they do. */
export function sharedPatternsOf(parent: object | undefined): SharedPatterns | undefined {
    return parent === undefined ? undefined : byParent.get(parent);
}
