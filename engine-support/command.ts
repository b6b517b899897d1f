import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { descendants, kill } from "./processes.js";

/** A command of the CLI that is running. */
export interface RunningCommand {
    /** Ends the processes of dynamic providers at once, as a crash would. Answers how many there were. */
    killProvider(): number;
    /** Ctrl-C, once. */
    interrupt(): void;
}

export interface CommandOptions {
    /** Added to the command's own arguments. */
    args?: readonly string[];
    /** Wins over the stack's environment for this command. */
    environment?: Readonly<Record<string, string>>;
    /** Called with each line of either output as it appears; progress of resources comes as lines. */
    onLine?: (line: string, command: RunningCommand) => void;
    /** After that everything is ended and the exit code is 124. Default: 5 minutes. */
    timeoutMilliseconds?: number;
}

/** How a command ended. A failure is a result, not an exception: tests look at both. */
export interface CommandResult {
    exitCode: number;
    stdout: string;
    stderr: string;
    /** What the engine did, as data; empty for commands that don't involve it. */
    events: EngineEvent[];
}

const timedOut = 124;

type Running = ChildProcessByStdio<null, Readable, Readable>;

/** Numbers the files of events, since several commands may run at once. */
let eventFiles = 0;

/**
 * Runs `pulumi`.
 *
 * @param args The command and its arguments.
 * @param folder The folder of the program.
 * @param environment The whole environment.
 * @param options With `events`, the folder for the engine's log of events.
 */
export async function pulumi(
    args: readonly string[],
    folder: string,
    environment: NodeJS.ProcessEnv,
    options: CommandOptions & { events?: string } = {},
): Promise<CommandResult> {
    const eventLog =
        options.events === undefined
            ? undefined
            : join(options.events, `events-${String(++eventFiles)}.jsonl`);
    const child = spawn(
        "pulumi",
        [
            ...args,
            ...(eventLog === undefined ? [] : ["--event-log", eventLog]),
            ...(options.args ?? []),
            "--non-interactive",
            "--color=never",
        ],
        { cwd: folder, env: { ...environment, ...options.environment }, stdio: ["ignore", "pipe", "pipe"] },
    );
    const result = await finish(child, options);
    return { ...result, events: eventLog === undefined ? [] : await readEvents(eventLog) };
}

async function finish(child: Running, options: CommandOptions): Promise<Omit<CommandResult, "events">> {
    const id = child.pid ?? 0;
    const running: RunningCommand = {
        killProvider() {
            const providers = descendants(id, /cmd\/dynamic-provider/);
            kill(providers, "SIGKILL");
            return providers.length;
        },
        interrupt: () => {
            child.kill("SIGINT");
        },
    };
    let late = false;
    const timer = setTimeout(() => {
        late = true;
        kill([id, ...descendants(id)], "SIGKILL");
    }, options.timeoutMilliseconds ?? 300_000);
    const output = Promise.all([
        lines(child.stdout, (line) => options.onLine?.(line, running)),
        lines(child.stderr, (line) => options.onLine?.(line, running)),
    ]);
    try {
        const exitCode = await new Promise<number>((resolve, reject) => {
            child.on("error", reject);
            // "exit", not "close": a provider that outlives the CLI would hold the pipes open.
            child.on("exit", (code) => {
                resolve(late ? timedOut : (code ?? 1));
            });
        });
        const [stdout, stderr] = await output;
        return { exitCode, stdout, stderr };
    } finally {
        clearTimeout(timer);
    }
}

async function lines(stream: Readable, onLine: (line: string) => void): Promise<string> {
    const all: string[] = [];
    for await (const line of createInterface({ input: stream })) {
        all.push(line);
        onLine(line);
    }
    return all.join("\n");
}

async function readEvents(file: string): Promise<EngineEvent[]> {
    try {
        const text = await readFile(file, "utf8");
        return text
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as EngineEvent);
    } catch (error) {
        // A command that failed before the engine started has written none.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
    } finally {
        await rm(file, { force: true });
    }
}
