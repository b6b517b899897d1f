import { descendants, kill } from "../engine-support/processes.js";

/** As shells say that a signal ended a program: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGPIPE: 141 } as const;

/** Undoes what the demo started, whatever way it ends. */
export class Cleanup {
    readonly #undo: (() => Promise<void>)[] = [];
    #running: Promise<void> | undefined;
    #stopping = false;

    /** Whether a signal has told the demo to stop. */
    get stopping(): boolean {
        return this.#stopping;
    }

    add(undo: () => Promise<void>): void {
        this.#undo.push(undo);
    }

    /** Ctrl-C and its like stop everything at once: what Pulumi was doing is thrown away with its state. */
    onSignals(): void {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.on(signal, () => {
                if (!this.#stopping) process.stderr.write("\nStopping.\n");
                this.#stop(exitCodes[signal]);
            });
        }
        // Who read the story has gone: `npm run demo | head`. Node makes an error of that signal.
        process.stdout.on("error", () => {
            this.#stop(exitCodes.SIGPIPE);
        });
    }

    #stop(exitCode: number): void {
        if (this.#stopping) return;
        this.#stopping = true;
        void this.run().finally(() => process.exit(exitCode));
    }

    /** Undoes everything, the last first; later calls wait for the first. A failure does not keep the rest. */
    run(): Promise<void> {
        this.#running ??= this.#run();
        return this.#running;
    }

    async #run(): Promise<void> {
        stopPulumi();
        for (const undo of this.#undo.reverse()) {
            try {
                await undo();
            } catch (error) {
                process.stderr.write(`While cleaning up: ${String(error)}\n`);
                process.exitCode ??= 1;
            }
        }
    }
}

/** The CLI and all that it started: language host, providers, the program. */
function stopPulumi(): void {
    const started = descendants(process.pid, /^pulumi\s/);
    kill([...started, ...started.flatMap((id) => descendants(id))], "SIGKILL");
}
