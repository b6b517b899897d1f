import { median, type Measured } from "../report.js";
import type { Case, Client, Figures } from "./case.js";

/** Ours over the peer's: less is better. `running` is what our process needs once its modules are loaded. */
const compared: readonly (readonly [name: string, ours: string, peers: string])[] = [
    ["wall", "wall", "wall"],
    ["cpu", "cpu", "cpu"],
    ["memory", "memory", "memory"],
    ["running", "running", "wall"],
];

export interface RunOptions {
    readonly rounds: number;
    /** Clients to run, by name. Default: all of the case. */
    readonly clients?: readonly string[];
    /** Is told what failed, in full. */
    readonly tell?: (line: string) => void;
}

/**
 * Runs the clients of a case in turns and gives of each figure the median, with the raw values beside it. A peer that
 * fails is told under `failed` and takes no further part.
 *
 * @throws What went wrong with our own client, or with the servers.
 */
export async function runCase(chosen: Case, { rounds, clients: names, tell }: RunOptions): Promise<Measured> {
    await using stack = new AsyncDisposableStack();
    const clients = (await chosen.prepare(stack)).filter(({ name }) => names?.includes(name) ?? true);
    const runs: Record<string, Figures[]> = {};
    const failed: Record<string, string> = {};
    const attempt = async ({ name }: Client, work: () => Promise<void> | void): Promise<void> => {
        if (name in failed) return;
        try {
            await work();
        } catch (error) {
            if (name === "ours") throw error;
            failed[name] = shortly(error);
            tell?.(`${chosen.name}: ${name} failed: ${String(error)}`);
        }
    };
    for (const client of clients) await attempt(client, () => client.prepare?.());
    for (let round = 0; round < rounds; round += 1) {
        for (const client of rotated(clients, round)) {
            if (client.once === true && round > 0) continue;
            await attempt(client, async () => {
                (runs[client.name] ??= []).push(await client.run());
            });
        }
    }
    const told = Object.entries(runs).filter(([name]) => !(name in failed));
    const middle = Object.fromEntries(told.map(([name, figures]) => [name, medians(figures)]));
    const { ours = {}, ...peers } = Object.fromEntries(
        told.map(([name, figures]) => [name, { ...medians(figures), values: rawValues(figures) }]),
    );
    const ratio = Object.fromEntries(
        Object.keys(peers).map((name) => [name, ratioOf(middle["ours"] ?? {}, middle[name] ?? {})]),
    );
    return {
        name: chosen.name,
        ...(Object.keys(failed).length === 0 ? {} : { failed }),
        ratio,
        ...chosen.derive?.(middle),
        ours,
        peers,
        ...(chosen.cannot === undefined ? {} : { cannot: chosen.cannot }),
        rounds,
    };
}

/** Each is first in turn: who comes after another may find the machine warmer. */
export function rotated<T>(all: readonly T[], round: number): T[] {
    const start = all.length === 0 ? 0 : round % all.length;
    return [...all.slice(start), ...all.slice(0, start)];
}

/** Of each figure the middle one. Figures that some rounds lack are left out. */
export function medians(rounds: readonly Figures[]): Record<string, number> {
    return Object.fromEntries(
        Object.entries(rawValues(rounds)).map(([name, values]) => [name, median(values)]),
    );
}

/** Each figure of all rounds, in their order. */
function rawValues(rounds: readonly Figures[]): Record<string, number[]> {
    const names = Object.keys(rounds[0] ?? {}).filter((name) => rounds.every((round) => name in round));
    return Object.fromEntries(names.map((name) => [name, rounds.map((round) => round[name] ?? NaN)]));
}

/** Only of what both have. */
export function ratioOf(ours: Figures, peer: Figures): Record<string, number> {
    return Object.fromEntries(
        compared.flatMap(([name, ofOurs, ofPeers]) => {
            const [own, other] = [ours[ofOurs], peer[ofPeers]];
            return own === undefined || other === undefined ? [] : [[name, own / other] as const];
        }),
    );
}

/** The first line of an error: the rest is a program's whole output. */
export function shortly(error: unknown): string {
    return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
