import { spawn } from "node:child_process";
import { join } from "node:path";
import type { RunEvent, RunResult } from "../../../cli/run-events.js";
import { root, stackEnvironment } from "../../../engine-support/environment.js";

/** How the command ended, and all that it printed. */
export interface Finished {
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface RunOptions {
    /** The stack's own folder: state, settings and temporary files. */
    readonly folder: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly onLine?: (line: string, interrupt: () => void) => void;
}

/** Runs `azure-dataplane` as installed, without a terminal. */
export function azureDataplane(args: readonly string[], options: RunOptions): Promise<Finished> {
    const child = spawn(process.execPath, [join(root, "dist", "cli", "index.js"), ...args], {
        cwd: options.folder,
        env: stackEnvironment(options.folder, options.environment),
        stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (piece: Buffer) => {
        stdout += piece.toString();
        for (const line of piece.toString().split("\n")) options.onLine?.(line, () => child.kill("SIGINT"));
    });
    child.stderr.on("data", (piece: Buffer) => (stderr += piece.toString()));
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
            resolve({ exitCode: code ?? -1, stdout, stderr });
        });
    });
}

/** The events of a run with `--json`. */
export function eventsOf({ stdout }: Finished): RunEvent[] {
    return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as RunEvent);
}

/** The result at the end of a run with `--json`. */
export function resultOf(finished: Finished): RunResult {
    const last = eventsOf(finished).at(-1);
    if (last?.type !== "result") throw new Error(`no result:\n${finished.stdout}\n${finished.stderr}`);
    return last.result;
}

/** The statuses of all replicas, by name. */
export function statusesOf(result: RunResult): Record<string, string> {
    return Object.fromEntries(result.replicas.map(({ replica, status }) => [replica, status]));
}
