import { setTimeout as wait } from "node:timers/promises";
import type { Throttling } from "../../emulator/keyvault/limits/throttle.js";
import { plugin } from "../../providers/keyvault/index.js";
import { World } from "../../tests/engine/replicas/world.js";
import type { BenchmarkOptions, Measured } from "../report.js";
import type { Job } from "./messages.js";
import { countRequests, prepare, startClient, type Place } from "./place.js";

/** Versions of secrets to copy. */
const total = 1_000;
/** What the documented 300 writes in 10 seconds allow at a steady rate. */
const perSecond = 30;
const competitorPerSecond = 10;
/** A round trip to a vault in another region, by chance in between; in milliseconds. */
const latency = { from: 20, to: 80 };

type Fields = Omit<Measured, "name">;

interface Case {
    readonly name: string;
    readonly throttling: Throttling;
    readonly run: (place: Place) => Promise<Fields>;
}

const cases: readonly Case[] = [
    { name: "limits", throttling: "fixed", run: (place) => underLimits(place, perSecond) },
    { name: "limits-sliding", throttling: "sliding", run: (place) => underLimits(place, perSecond) },
    { name: "limits-competitor", throttling: "fixed", run: besideCompetitor },
    { name: "limits-competitor-sliding", throttling: "sliding", run: besideCompetitor },
    { name: "script", throttling: "fixed", run: (place) => byScript(place, "script") },
    { name: "nothing-to-do", throttling: "off", run: nothingToDo },
    { name: "script-nothing-to-do", throttling: "off", run: scriptWithNothingToDo },
];

/**
 * Key Vault under its own limits, with nothing to do, and the same by the usual script: production code in a process of
 * its own against the local Azure in this one. `ratio` is of the seconds over the floor: what the limits leave at a
 * steady rate.
 */
export async function keyVault(options: BenchmarkOptions): Promise<Measured[]> {
    const { only } = options;
    const unknown = only.filter((name) => !cases.some((known) => known.name === name));
    if (unknown.length > 0) {
        throw new Error(`Unknown: ${unknown.join(", ")}. Cases: ${cases.map(({ name }) => name).join(", ")}`);
    }
    const chosen = cases.filter(({ name }) => only.length === 0 || only.includes(name));
    const measured: Measured[] = [];
    const world = await World.start();
    const { settings } = world.azure.keyVault;
    try {
        for (const { name, throttling, run } of chosen) {
            Object.assign(settings, { throttling: "off", latency: undefined });
            // Nothing to do is about the number of secrets, not of versions.
            const versions = name.includes("nothing-to-do") ? 1 : (options.versions ?? defaultVersions());
            const place = await prepare(world, name, total / versions, versions);
            world.azure.requests.clear();
            Object.assign(settings, { throttling, latency });
            const fields = await run(place);
            measured.push({ name, ...fields, ...countRequests(place) });
            process.stderr.write(`${name}: done\n`);
        }
    } finally {
        await world.stop();
    }
    return measured;
}

/** Many versions of few secrets where the product copies all of them; else one of each. */
function defaultVersions(): number {
    return plugin.elements.secrets?.options.safeParse({ versions: "all" }).success === true ? 10 : 1;
}

async function underLimits(place: Place, rate: number): Promise<Fields> {
    const { seconds, failed, estimate = Number.NaN } = await startClient(place, "replicate").result;
    const floor = total / rate;
    return { seconds, floor, ratio: seconds / floor, failed, estimate };
}

async function besideCompetitor(place: Place): Promise<Fields> {
    const competitor = startClient(place, "compete", competitorPerSecond);
    // For one window, so that it is in the middle of its work.
    await wait(10_000);
    try {
        const { estimate: _alone, ...fields } = await underLimits(place, perSecond - competitorPerSecond);
        competitor.child.send("stop");
        const { failed } = await competitor.result;
        return { ...fields, competitorFailed: failed };
    } finally {
        competitor.child.kill();
    }
}

async function nothingToDo(place: Place): Promise<Fields> {
    const { seconds, failed, listing = Number.NaN } = await startClient(place, "replicate-again").result;
    return { seconds, listing, beyond: seconds - listing, failed };
}

async function byScript(place: Place, kind: Job["kind"]): Promise<Fields> {
    const { seconds, failed } = await startClient(place, kind).result;
    const floor = total / perSecond;
    return { seconds, floor, ratio: seconds / floor, failed };
}

async function scriptWithNothingToDo(place: Place): Promise<Fields> {
    await startClient(place, "replicate").result;
    const { seconds, failed } = await startClient(place, "script-again").result;
    return { seconds, failed };
}
