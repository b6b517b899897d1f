import { createHash, randomUUID } from "node:crypto";
import { statusOf } from "../core/rest-error.js";
import { canonicalJson } from "../core/json.js";
import { commitOptions, type UploadTarget, type Written } from "./upload-target.js";
import { changedDuringRun, copySourceCodeOf, serviceCodeOf, unlessAbsent } from "./errors.js";
import { carriedMetadata, ownEntry, unfinishedKey } from "./metadata.js";
import type { BlobRequestConditions } from "./sdk.js";

/** A blob as the service shows it. */
export type Found = Awaited<ReturnType<UploadTarget["client"]["getProperties"]>>;

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const conditionCodes: ReadonlySet<string> = new Set([
    "AppendPositionConditionNotMet",
    "BlobAlreadyExists",
    "ConditionNotMet",
    "SequenceNumberConditionNotMet",
    "TargetConditionNotMet",
]);

/**
 * Writes a blob that does not appear whole, as append and page blobs don't. Until the last request it has the metadata
 * `azure_dataplane_unfinished`, so a run that ends before leaves no blob that passes for a copy. Each request holds only
 * if the blob is as the one before left it; where the answer of one was lost and it is sent again, the blob itself says
 * whether it was done: the value of that metadata is another one for each write.
 *
 * The value is `ORIGIN.WRITE.PROGRESS`: a hash of the source's URL and ETag and of all that the blob is made with, a
 * random number, and a number of bytes. By the first, a later run knows what an earlier one has left of the very same
 * write, and goes on with it.
 */
export class SteppedWrite {
    readonly #origin: string;
    #write: string = randomUUID();
    #progress = 0;
    #written: Written = {};

    /** @param identity the source's URL and ETag; undefined: nothing is gone on with. */
    constructor(
        private readonly target: UploadTarget,
        identity: string | undefined,
    ) {
        const { metadata } = target;
        const made = {
            identity: identity ?? randomUUID(),
            metadata,
            headers: textOf(target.headers(undefined)),
        };
        this.#origin = createHash("sha256").update(canonicalJson(made)).digest("hex").slice(0, 16);
    }

    /** What `advance` was told last. */
    get progress(): number {
        return this.#progress;
    }

    /** A number of 48 bits that is the write's own, also where another run goes on with it. */
    get number(): number {
        return Number.parseInt(this.#write.replaceAll("-", "").slice(0, 12), 16);
    }

    /**
     * Makes the blob, empty, in the place of what was listed. `create` gets what the request is to say of it.
     *
     * @param isUsable whether a write that was broken off can be gone on with, by the blob that it left.
     * @returns the blob that is gone on with; undefined: it was made anew.
     */
    async begin(
        create: (options: ReturnType<typeof commitOptions>) => Promise<Written>,
        isUsable: (found: Found) => boolean,
    ): Promise<Found | undefined> {
        const { target } = this;
        const left = await this.#findLeft(isUsable);
        if (left !== undefined) {
            this.#written = left;
            await target.finish(undefined, async (tags) => {
                if (tags !== undefined) await target.client.setTags(tags, { abortSignal: target.signal });
                return left;
            });
            return left;
        }
        const metadata = { ...target.metadata, [unfinishedKey]: this.#mark };
        this.#written = await target.finish(undefined, (tags) =>
            this.#unlessDone(
                () => create({ ...commitOptions({ ...target, tier: undefined }, undefined, tags), metadata }),
                (found) => this.#isOurs(found),
            ),
        );
        return undefined;
    }

    /**
     * One request in between. `isDone` tells by the blob whether it was carried out; default: nobody can tell, as it
     * may be sent again without harm.
     */
    async step(
        send: (conditions: BlobRequestConditions) => Promise<Written>,
        isDone?: (found: Found) => boolean,
    ): Promise<void> {
        this.#written = await this.#unlessDone(
            () => send(this.#conditions()),
            (found) => this.#isOurs(found) && isDone?.(found) === true,
            isDone === undefined ? send : undefined,
        );
    }

    /**
     * Goes on from the blob as it is, after requests that did not hold on one another.
     *
     * @param isUntouched whether nobody else can have written to it.
     */
    async lookAgain(isUntouched: (found: Found) => boolean): Promise<void> {
        const { client, name, signal: abortSignal } = this.target;
        const found = await unlessAbsent(client.getProperties({ abortSignal }), "BlobNotFound");
        if (found === undefined || !this.#isOurs(found) || !isUntouched(found)) {
            throw changedDuringRun("blob", name);
        }
        this.#written = found;
    }

    /** Writes down on the blob how far it is: a later run goes on from there. */
    async advance(progress: number): Promise<void> {
        const { client, metadata, signal: abortSignal } = this.target;
        this.#progress = progress;
        const marked = { ...metadata, [unfinishedKey]: this.#mark };
        this.#written = await this.#unlessDone(
            () => client.setMetadata(marked, { conditions: this.#conditions(), abortSignal }),
            (found) => this.#isOurs(found),
        );
    }

    /** Takes the mark away: the blob is whole. `md5`, in base64, becomes one of its headers. */
    async end(md5: string | undefined): Promise<Written> {
        const { client, metadata, signal: abortSignal } = this.target;
        if (md5 !== undefined) {
            await this.step((conditions) =>
                client.setHTTPHeaders(this.target.headers(md5), { conditions, abortSignal }),
            );
        }
        return this.#unlessDone(
            () => client.setMetadata(metadata, { conditions: this.#conditions(), abortSignal }),
            (found) =>
                ownEntry(found.metadata, unfinishedKey) === ownEntry(metadata, unfinishedKey) &&
                canonicalJson(carriedMetadata(found.metadata)) === canonicalJson(carriedMetadata(metadata)),
        );
    }

    get #mark(): string {
        return `${this.#origin}.${this.#write}.${String(this.#progress)}`;
    }

    #conditions(): BlobRequestConditions {
        return this.#written.etag === undefined ? {} : { ifMatch: this.#written.etag };
    }

    #isOurs(found: Found): boolean {
        return ownEntry(found.metadata, unfinishedKey) === this.#mark;
    }

    /** Only what is there as it was listed: else the request that makes the blob is refused, as it must be. */
    async #findLeft(isUsable: (found: Found) => boolean): Promise<Found | undefined> {
        const { client, isUnfinished, conditions, signal: abortSignal } = this.target;
        if (!isUnfinished) return undefined;
        const found = await unlessAbsent(client.getProperties({ abortSignal }), "BlobNotFound");
        const [origin, write, progress] = ownEntry(found?.metadata, unfinishedKey)?.split(".") ?? [];
        if (found === undefined || found.etag !== conditions.ifMatch || origin !== this.#origin)
            return undefined;
        const before = { write: this.#write, progress: this.#progress };
        this.#write = write ?? "";
        this.#progress = Number(progress);
        if (this.#isOurs(found) && isUsable(found)) return found;
        this.#write = before.write;
        this.#progress = before.progress;
        return undefined;
    }

    async #unlessDone(
        send: () => Promise<Written>,
        isDone: (found: Found) => boolean,
        again?: (conditions: BlobRequestConditions) => Promise<Written>,
    ): Promise<Written> {
        const { client, name, signal: abortSignal } = this.target;
        try {
            return await send();
        } catch (error) {
            if (!isStepRefused(error)) throw error;
        }
        const found = await client.getProperties({ abortSignal });
        if (again !== undefined && this.#isOurs(found) && found.etag !== undefined) {
            return again({ ifMatch: found.etag });
        }
        if (!isDone(found)) throw changedDuringRun("blob", name);
        return {
            ...(found.etag === undefined ? {} : { etag: found.etag }),
            ...(found.lastModified === undefined ? {} : { lastModified: found.lastModified }),
        };
    }
}

/** Whether the service refused a request because the blob is not as it was to be. */
export function isStepRefused(error: unknown): boolean {
    const status = statusOf(error);
    if (copySourceCodeOf(error) !== undefined) return false;
    return (status === 412 || status === 409) && conditionCodes.has(serviceCodeOf(error) ?? "");
}

/** Without what is not there, so that it can be compared. */
function textOf(headers: ReturnType<UploadTarget["headers"]>): Record<string, string> {
    const entries = Object.entries(headers) as [string, unknown][];
    return Object.fromEntries(
        entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
}
