import type { Context, Item, PutOptions, ResourceRef } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { etagOf, type BlobProperties } from "./blob-item.js";
import { openBlobService } from "./client.js";
import { copySourceCodeOf, isConditionFailure, changedDuringRun, serviceCodeOf } from "./errors.js";
import { rehydratedKey, withOwn } from "./metadata.js";
import { splitName } from "./names.js";
import { pending, type RehydratePriority } from "./rehydration.js";
import { SourceAccess } from "./source-access.js";
import { SourceGrants } from "./source-grants.js";
import type { BlobServiceClient } from "./sdk.js";

/** One copy out of the archive. */
export interface ArchiveCopy {
    readonly source: BlobServiceClient;
    /** Of the source's side. */
    readonly sourceContext: Context;
    readonly sourceName: string;
    /** As the target is to have it. */
    readonly item: Item;
    readonly options: PutOptions;
    readonly priority: RehydratePriority;
    find(name: string): Promise<Item | undefined>;
}

/**
 * Starts copies of archived blobs. Copy Blob alone reads them; nothing is written at the source, as Set Blob Tier would.
 * The service works on for hours; the copy carries the source's ETag, by which later runs know it.
 *
 * Copy Blob takes no token for a source in another account, so the source is always signed for:
 * https://learn.microsoft.com/rest/api/storageservices/copy-blob#authorization
 */
export class RehydrationStarter {
    readonly #grants = new SourceGrants();
    readonly #accesses = new Map<BlobServiceClient, SourceAccess>();
    #service: Promise<BlobServiceClient> | undefined;

    constructor(
        private readonly resource: ResourceRef,
        private readonly context: Context,
    ) {}

    /**
     * @returns the item, should the service be done at once.
     * @throws DataplaneError `InvalidItem` where it works on, or won't.
     */
    async copy(copy: ArchiveCopy): Promise<Item> {
        const { item, options, priority } = copy;
        const properties = item.properties as BlobProperties;
        const etag = `"${properties.rehydratedFrom ?? ""}"`;
        const from = splitName(copy.sourceName);
        const { url } = copy.source.getContainerClient(from.container).getBlockBlobClient(from.blob);
        const { immutability, legalHold, tier, tags } = properties;
        const client = await this.#client(item.name);
        const start = () =>
            client.beginCopyFromURL(url, {
                abortSignal: this.context.signal,
                metadata: {
                    ...withOwn(properties.metadata, { owner: options.owner }),
                    [rehydratedKey]: properties.rehydratedFrom ?? "",
                },
                conditions:
                    options.existing === undefined
                        ? { ifNoneMatch: "*" }
                        : { ifMatch: etagOf(options.existing.version) },
                rehydratePriority: priority === "high" ? "High" : "Standard",
                ...(tier === undefined ? {} : { tier }),
                ...(tags === undefined ? {} : { tags }),
                ...(legalHold === true ? { legalHold } : {}),
                ...(immutability && {
                    immutabilityPolicy: {
                        expiriesOn: new Date(immutability.until),
                        policyMode: immutability.locked === true ? "Locked" : "Unlocked",
                    },
                }),
            });
        try {
            const grant = await this.#access(copy).grant(copy.sourceName, etag);
            await this.#grants.use(url, grant, start);
        } catch (error) {
            throw explain(error, item.name);
        }
        const found = await copy.find(item.name);
        if (found === undefined) throw changedDuringRun("blob", item.name);
        if ((found.properties as BlobProperties).rehydrating === true)
            throw pending(item.name, true, priority);
        return found;
    }

    async #client(name: string) {
        this.#service ??= openBlobService(this.resource, {
            ...this.context,
            httpClient: this.#grants.client(this.context.httpClient),
        });
        const { container, blob } = splitName(name);
        return (await this.#service).getContainerClient(container).getBlockBlobClient(blob);
    }

    #access({ source, sourceContext }: ArchiveCopy): SourceAccess {
        const known = this.#accesses.get(source);
        if (known !== undefined) return known;
        const access = new SourceAccess(source, sourceContext);
        access.replace({ authorization: "", etag: "" });
        this.#accesses.set(source, access);
        return access;
    }
}

function explain(error: unknown, name: string): unknown {
    const status = statusOf(error);
    if (status === undefined || status >= 500 || status === 401 || status === 403) return error;
    if (copySourceCodeOf(error) === undefined && isConditionFailure(error))
        return changedDuringRun("blob", name);
    const code = copySourceCodeOf(error) ?? serviceCodeOf(error) ?? String(status);
    return new DataplaneError(
        "InvalidItem",
        `the service does not copy the archived blob "${name}": it answered ${code}`,
        {
            item: name,
            side: "target",
            status,
            serviceCode: code,
            remedy:
                "Archived blobs are copied within an account, or to another one in the same region; else set the blob's " +
                "tier to Hot, Cool or Cold at the source and run again when that is done.",
        },
    );
}
