import type { BenchmarkOptions, Measured } from "../report.js";
import { azuriteCases } from "./azurite-cases.js";
import type { Case } from "./case.js";
import { fileCases } from "./files/index.js";
import { memoryCases } from "./memory-cases.js";
import { queuesCase } from "./queues/index.js";
import { runCase, shortly } from "./run-case.js";
import { stubCases } from "./stub-cases.js";
import { tablesCase } from "./tables/index.js";
import { upCase } from "./up-case.js";

const cases: readonly Case[] = [
    ...azuriteCases,
    ...fileCases,
    tablesCase,
    queuesCase,
    upCase,
    ...stubCases,
    ...memoryCases,
];

/**
 * Blobs and entities beside the tools and scripts that people use for them: the clients in turns, each in a process of its own, and of each figure
 * the median. `ratio` is of ours over the peer's. A case that fails says so, and the others go on.
 */
export async function storage({ only, rounds = 5 }: BenchmarkOptions): Promise<Measured[]> {
    const measured: Measured[] = [];
    const tell = (line: string): boolean => process.stderr.write(`${line}\n`);
    for (const chosen of choose(cases, only)) {
        try {
            measured.push(await runCase(chosen, { rounds, tell }));
            tell(`${chosen.name}: done`);
        } catch (error) {
            measured.push({ name: chosen.name, failed: { ours: shortly(error) } });
            tell(`${chosen.name}: failed: ${String(error)}`);
        }
    }
    return measured;
}

/** The cases of these names or groups; without any, those that have no group. */
export function choose(all: readonly Case[], only: readonly string[]): Case[] {
    const names = new Set(all.flatMap(({ name, group }) => (group === undefined ? [name] : [name, group])));
    const unknown = only.filter((name) => !names.has(name));
    if (unknown.length > 0) {
        throw new Error(`Unknown: ${unknown.join(", ")}. Cases: ${[...names].join(", ")}`);
    }
    return all.filter(({ name, group }) =>
        only.length === 0
            ? group === undefined
            : only.includes(name) || (group !== undefined && only.includes(group)),
    );
}
