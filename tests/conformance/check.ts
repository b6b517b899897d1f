import { expect } from "chai";
import { isDataplaneError, type DataplaneError, type ErrorCode } from "../../providers/core/errors.js";
import type { ElementEntry } from "../../providers/core/registry.js";
import type { ReplicationResult } from "../../providers/core/replication/types.js";
import type { Bench } from "./bench.js";
import type { Fixture } from "./fixture.js";

/** One promise that every element type keeps. */
export interface Check {
    /** Says what holds; waivers name it. */
    readonly name: string;
    /** Whether it can be asked of the element type at all, by its facts. Default: of each. */
    readonly applies?: (entry: ElementEntry, fixture: Fixture) => boolean;
    /** Throws where it does not hold. Each run has two fresh resources. */
    run(bench: Bench): Promise<void>;
}

export const replicates = ({ element }: ElementEntry): boolean =>
    element.features.modes.includes("replication");
export const templates = ({ element }: ElementEntry): boolean => element.features.modes.includes("template");
/** Whether the type has contents that can differ. */
export const hasContents = (entry: ElementEntry, fixture: Fixture): boolean =>
    replicates(entry) && fixture.sample(0).content !== undefined;

/** Runs what must fail with that code, and answers with the error. */
export async function failsWith(code: ErrorCode, work: () => Promise<unknown>): Promise<DataplaneError> {
    let answer: unknown;
    try {
        answer = await work();
    } catch (error) {
        if (!isDataplaneError(error))
            throw new Error(`not a DataplaneError: ${String(error)}`, { cause: error });
        expect(error.code, error.message).to.equal(code);
        return error;
    }
    throw new Error(`expected ${code}, got ${answer === undefined ? "nothing" : JSON.stringify(answer)}`);
}

/** The counts of a run, those that are not zero. */
export function counts({ summary }: ReplicationResult): Record<string, number> {
    const { created, updated, same, kept, pruned, conflicts, lost, failed } = summary;
    const all = { created, updated, same, kept, pruned, conflicts, lost, failed };
    return Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
}

/** Fails with what went wrong, where anything did. */
export function succeeded(result: ReplicationResult): void {
    expect(result.failures.map(({ item, error }) => `${item}: ${error.code} ${error.message}`)).to.deep.equal(
        [],
    );
}
