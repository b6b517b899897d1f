import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Something whose state outlives the process. */
export interface Persistent {
    readonly name: string;
    save(): unknown;
    load(state: unknown): void | Promise<void>;
}

/** Keeps the state of services in one file of a folder. It holds secrets: only its owner can read it. */
export class Persistence {
    readonly #file: string;
    #timer: NodeJS.Timeout | undefined;
    #writing: Promise<void> = Promise.resolve();

    constructor(
        private readonly directory: string,
        private readonly parts: readonly Persistent[],
        /** Changes are gathered for so long before they are written. */
        private readonly delayMilliseconds = 250,
    ) {
        this.#file = join(directory, "state.json");
    }

    /** Gives each part what was saved of it. Does nothing where nothing was saved. */
    async load(): Promise<void> {
        let text: string;
        try {
            text = await readFile(this.#file, "utf8");
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
            throw error;
        }
        const saved = JSON.parse(text) as Record<string, unknown>;
        for (const part of this.parts) {
            const state = saved[part.name];
            if (state !== undefined) await part.load(state);
        }
    }

    /** Writes soon. */
    schedule(): void {
        this.#timer ??= setTimeout(() => {
            this.#timer = undefined;
            void this.flush();
        }, this.delayMilliseconds).unref();
    }

    /** Writes now. A reader never sees half a file. */
    async flush(): Promise<void> {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#writing = this.#writing.then(() => this.#write());
        await this.#writing;
    }

    async #write(): Promise<void> {
        const state = Object.fromEntries(this.parts.map((part) => [part.name, part.save()]));
        await mkdir(this.directory, { recursive: true });
        const draft = `${this.#file}.new`;
        await writeFile(draft, JSON.stringify(state), { mode: 0o600 });
        await rename(draft, this.#file);
    }
}
