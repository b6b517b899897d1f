import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { workFolder } from "./place.js";

const gnuTime = "/usr/bin/time";

/** One run of a client: times in seconds, the whole process from its start to its end. */
export interface Run {
    readonly wall: number;
    /** User and system time of the process. */
    readonly cpu: number;
    /** The most memory that it held at once, in MiB. */
    readonly memory: number;
    readonly output: string;
}

/**
 * Runs a program to its end and measures it by GNU time, which asks the kernel once when it ended.
 *
 * @throws Error with the program's output where it fails.
 */
export async function measured(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
    if (!existsSync(gnuTime))
        throw new Error(`${gnuTime} is missing: install GNU time (apt-get install time)`);
    const file = join(workFolder(), `time-${String(process.pid)}`);
    const started = performance.now();
    const child = spawn(gnuTime, ["-o", file, "-f", "%U %S %M", command, ...args], {
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "close") as Promise<[number]>;
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await ended;
    const wall = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`${command} ended with ${String(code)}:\n${output}\n${errors}`);
    const [user = NaN, system = NaN, kibibytes = NaN] = (await readFile(file, "utf8"))
        .split(/\s+/)
        .map(Number);
    await rm(file);
    return { wall, cpu: user + system, memory: kibibytes / 1024, output };
}
