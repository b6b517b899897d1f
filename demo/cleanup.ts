import { descendants, kill } from "../engine-support/processes.js";

/** As shells say that a signal ended a program: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Undoes what the demo started, whatever way it ends. */
export class Cleanup {
    readonly #undo: (() => Promise<void>)[] = [];
    #running: Promise<void> | undefined;
    #signal: keyof typeof exitCodes | undefined;

    /** Whether a signal has told the demo to stop. */
    get stopping(): boolean {
        return this.#signal !== undefined;
    }

    add(undo: () => Promise<void>): void {
        this.#undo.push(undo);
    }

    /** Ctrl-C and its like stop everything at once: what Pulumi was doing is thrown away with its state. */
    onSignals(): void {
        for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
            process.on(signal, () => {
                if (this.#signal !== undefined) return;
                this.#signal = signal;
                process.stderr.write("\nStopping.\n");
                void this.run().finally(() => process.exit(exitCodes[signal]));
            });
        }
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
                process.exitCode ||= 1;
            }
        }
    }
}

/** The CLI and all that it started: language host, providers, the program. */
function stopPulumi(): void {
    const started = descendants(process.pid, /^pulumi\s/);
    kill([...started, ...started.flatMap((id) => descendants(id))], "SIGKILL");
}
