import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { World } from "../../tests/engine/replicas/world.js";
import { competitorSecret, type Job, type JobResult } from "./messages.js";

/** Two vaults, and what a client process is told about them. */
export interface Place {
    readonly world: World;
    readonly job: Omit<Job, "kind">;
}

/** Two vaults of their own for a case; the first gets so many secrets of so many versions each. */
export async function prepare(world: World, name: string, secrets: number, versions: number): Promise<Place> {
    // A vault's name has at most 24 characters and begins with a letter.
    const vaultName = (side: string): string => `${name}-${side}`.slice(-24).replace(/^[^a-z]+/, "");
    const source = world.vault("production", vaultName("s"));
    const target = world.vault("staging", vaultName("t"));
    const names = Array.from({ length: secrets }, (_, index) => `secret-${String(index)}`);
    for (let version = 0; version < versions; version += 1) {
        for (let start = 0; start < secrets; start += 25) {
            const batch = names.slice(start, start + 25);
            await Promise.all(
                batch.map((secret) => source.secrets.setSecret(secret, `value ${String(version)}`)),
            );
        }
        // Dates of versions count whole seconds, and versions of one second have no order.
        world.tick();
    }
    const job = {
        source: source.id,
        target: target.id,
        sourceUrl: `https://${source.host}`,
        targetUrl: `https://${target.host}`,
        allVersions: versions > 1,
    };
    return { world, job };
}

/** A client process at work. */
export interface Client {
    readonly child: ChildProcess;
    readonly result: Promise<JobResult>;
}

/** Does a job in a process of its own, signed in as a stack would be. */
export function startClient({ world, job }: Place, kind: Job["kind"], perSecond?: number): Client {
    const child = fork(join(__dirname, "client.ts"), {
        execArgv: ["--require", "tsx/cjs"],
        env: { ...process.env, ...world.environment() },
    });
    const message: Job = { ...job, kind, ...(perSecond === undefined ? {} : { perSecond }) };
    child.send(message);
    const answered = once(child, "message") as Promise<[JobResult]>;
    const ended = once(child, "exit").then(([code]): never => {
        throw new Error(`the client process ended with ${String(code)} before it answered`);
    });
    ended.catch(() => undefined);
    return { child, result: Promise.race([answered.then(([result]) => result), ended]) };
}

/** What the local Azure saw of the client, without its competitor: secrets set, and requests refused with 429. */
export function countRequests({ world, job }: Place): { written: number; throttled: number } {
    const hosts = [job.sourceUrl, job.targetUrl].map((url) => new URL(url).host);
    const seen = world.azure.requests.filter(
        ({ host, path }) => hosts.includes(host) && !path.startsWith(`/secrets/${competitorSecret}`),
    );
    return {
        written: seen.filter(({ method, status }) => method === "PUT" && status === 200).length,
        throttled: seen.filter(({ status }) => status === 429).length,
    };
}
