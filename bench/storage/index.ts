import type { BenchmarkOptions, Measured } from "../report.js";
import { azuriteCases } from "./azurite-cases.js";
import { stubCases } from "./stub-cases.js";
import type { Case } from "./case.js";
import { medians } from "./measure.js";

const cases: readonly Case[] = [...azuriteCases, ...stubCases];

/** What is compared: less is better. */
const compared = ["wall", "cpu", "memory"];

/**
 * Blobs beside the tools that people use for them: the clients in turns, each in a process of its own, and of each figure
 * the median. `ratio` is of ours over the peer's.
 */
export async function storage({ only, rounds = 5 }: BenchmarkOptions): Promise<Measured[]> {
    const unknown = only.filter((name) => !cases.some((known) => known.name === name));
    if (unknown.length > 0) {
        throw new Error(`Unknown: ${unknown.join(", ")}. Cases: ${cases.map(({ name }) => name).join(", ")}`);
    }
    const measured: Measured[] = [];
    for (const chosen of cases.filter(({ name }) => only.length === 0 || only.includes(name))) {
        measured.push(await runCase(chosen, rounds));
        process.stderr.write(`${chosen.name}: done\n`);
    }
    return measured;
}

async function runCase(chosen: Case, rounds: number): Promise<Measured> {
    await using stack = new AsyncDisposableStack();
    const clients = await chosen.prepare(stack);
    const runs = new Map(clients.map(({ name }) => [name, [] as Readonly<Record<string, number>>[]]));
    for (let round = 0; round < rounds; round += 1) {
        // Each is first in turn: who comes after another may find the machine warmer.
        for (const client of round % 2 === 0 ? clients : [...clients].reverse()) {
            runs.get(client.name)?.push(await client.run());
        }
    }
    const { ours = {}, ...peers } = Object.fromEntries(
        [...runs].map(([name, figures]) => [name, medians(figures)]),
    );
    const ratio = Object.fromEntries(
        Object.entries(peers).map(([name, peer]) => [name, ratioOf(ours, peer)]),
    );
    return { name: chosen.name, ratio, ours, peers, rounds };
}

function ratioOf(ours: Record<string, number>, peer: Record<string, number>): Record<string, number> {
    return Object.fromEntries(compared.map((name) => [name, (ours[name] ?? NaN) / (peer[name] ?? NaN)]));
}
