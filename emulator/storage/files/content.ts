import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { within, type ByteRange, type RangeSet } from "./ranges.js";

const CHUNK = 1024 * 1024;

/**
 * The bytes of files, on disk and sparse: memory does not grow with them. Which bytes count is what the caller's set of
 * ranges says; all others read as zero.
 */
export class ContentStore {
    #made: Promise<string> | undefined;
    /** Copies that are going on, by the content they make: whoever wants that waits. */
    readonly #copies = new Map<string, Promise<void>>();

    /** @param directory where the bytes outlive the process; undefined: a temporary one that `stop` removes. */
    constructor(private readonly directory: string | undefined) {}

    /** Writes at an offset; a content that is not there yet begins with that. */
    async write(id: string, offset: number, bytes: Buffer): Promise<void> {
        await this.#copies.get(id);
        const path = await this.#path(id);
        const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
        try {
            await file.write(bytes, 0, bytes.length, offset);
        } finally {
            await file.close();
        }
    }

    /** The bytes of a range, gaps as zeros, piece by piece. */
    read(id: string, written: RangeSet, range: ByteRange): Readable {
        return Readable.from(this.#pieces(id, within(written, range), range), { objectMode: false });
    }

    /** A content of its own with the same bytes. Requests for it that come meanwhile wait. */
    async copy(from: string, to: string): Promise<void> {
        const copied = this.#copy(from, to).finally(() => this.#copies.delete(to));
        this.#copies.set(to, copied);
        await copied;
    }

    async remove(id: string): Promise<void> {
        await rm(await this.#path(id), { force: true });
    }

    /** Takes the temporary directory away. */
    async stop(): Promise<void> {
        if (this.directory !== undefined || this.#made === undefined) return;
        await rm(await this.#made, { recursive: true, force: true });
        this.#made = undefined;
    }

    async #copy(from: string, to: string): Promise<void> {
        await this.#copies.get(from);
        // What nothing was ever written to has no bytes.
        await copyFile(await this.#path(from), await this.#path(to)).catch((error: unknown) => {
            if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        });
    }

    async *#pieces(id: string, written: RangeSet, range: ByteRange): AsyncGenerator<Buffer> {
        let at = range.start;
        for (const piece of written) {
            yield* zeros(piece.start - at);
            yield* this.#bytes(id, piece);
            at = piece.end + 1;
        }
        yield* zeros(range.end + 1 - at);
    }

    async *#bytes(id: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
        await this.#copies.get(id);
        const file = await open(await this.#path(id), "r");
        try {
            for (let at = start; at <= end; at += CHUNK) {
                const chunk = Buffer.alloc(Math.min(CHUNK, end - at + 1));
                await file.read(chunk, 0, chunk.length, at);
                yield chunk;
            }
        } finally {
            await file.close();
        }
    }

    async #path(id: string): Promise<string> {
        this.#made ??= this.#make();
        return join(await this.#made, id);
    }

    async #make(): Promise<string> {
        if (this.directory === undefined) return mkdtemp(join(tmpdir(), "local-azure-files-"));
        await mkdir(this.directory, { recursive: true });
        return this.directory;
    }
}

function* zeros(count: number): Generator<Buffer> {
    for (let left = count; left > 0; left -= CHUNK) yield Buffer.alloc(Math.min(CHUNK, left));
}
