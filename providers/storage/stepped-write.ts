import { randomUUID } from "node:crypto";
import { statusOf } from "../core/rest-error.js";
import { commitOptions, type UploadTarget, type Written } from "./blob-content.js";
import { changedDuringRun, serviceCodeOf } from "./errors.js";
import { carriedMetadata, ownEntry, unfinishedKey } from "./metadata.js";
import type { BlobRequestConditions } from "./sdk.js";

type Found = Awaited<ReturnType<UploadTarget["client"]["getProperties"]>>;

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const conditionCodes: ReadonlySet<string> = new Set([
    "AppendPositionConditionNotMet",
    "BlobAlreadyExists",
    "ConditionNotMet",
    "TargetConditionNotMet",
]);

/**
 * Writes a blob that does not appear whole, as append and page blobs don't. Until the last request it has the metadata
 * `azure_dataplane_unfinished`, so a run that ends before leaves no blob that passes for a copy. Each request holds only
 * if the blob is as the one before left it; where the answer of one was lost and it is sent again, the blob itself says
 * whether it was done: the value of that metadata is another one for each write.
 */
export class SteppedWrite {
    readonly #mark = randomUUID();
    #written: Written = {};

    constructor(private readonly target: UploadTarget) {}

    /** Makes the blob, empty, in the place of what was listed. `create` gets what the request is to say of it. */
    async begin(create: (options: ReturnType<typeof commitOptions>) => Promise<Written>): Promise<void> {
        const { target } = this;
        const metadata = { ...target.metadata, [unfinishedKey]: this.#mark };
        this.#written = await target.finish(undefined, (tags) =>
            this.#unlessDone(
                () => create({ ...commitOptions({ ...target, tier: undefined }, undefined, tags), metadata }),
                (found) => this.#isOurs(found),
            ),
        );
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
                ownEntry(found.metadata, unfinishedKey) === undefined &&
                JSON.stringify(Object.entries(carriedMetadata(found.metadata)).sort()) ===
                    JSON.stringify(Object.entries(carriedMetadata(metadata)).sort()),
        );
    }

    #conditions(): BlobRequestConditions {
        return this.#written.etag === undefined ? {} : { ifMatch: this.#written.etag };
    }

    #isOurs(found: Found): boolean {
        return ownEntry(found.metadata, unfinishedKey) === this.#mark;
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
            const status = statusOf(error);
            const isCondition =
                (status === 412 || status === 409) && conditionCodes.has(serviceCodeOf(error) ?? "");
            if (!isCondition) throw error;
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
