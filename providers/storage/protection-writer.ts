import type { Item, Loss } from "../core/contract.js";
import { statusOf } from "../core/rest-error.js";
import { etagOf, type BlobProperties } from "./blob-item.js";
import type { BoundProperties } from "./bound-properties.js";
import { changedDuringRun } from "./errors.js";
import { strongest, unsetProtection } from "./protection.js";
import type { BlockBlobClient } from "./sdk.js";

type Protection = Pick<BoundProperties, "immutability" | "legalHold">;

/** A blob that was just written. */
export interface ProtectedBlob {
    readonly client: BlockBlobClient;
    readonly name: string;
    /** The version that the write answered with. */
    readonly written: string;
    find(name: string): Promise<Item | undefined>;
}

/**
 * Protects blobs once they are whole: Put Blob From URL knows no policies, and a blob that has one takes no further page
 * or metadata. Both requests leave the ETag as it is.
 *
 * Needs `…/blobs/immutableStorage/runAsSuperUser/action`, which Storage Blob Data Owner has:
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations
 */
export class ProtectionWriter {
    constructor(private readonly signal: AbortSignal) {}

    /**
     * Sets what the blob does not have yet. Answers with what it has then, and with losses for what may not be set.
     *
     * @throws DataplaneError `Conflict` where the blob is no longer the one that was written.
     */
    async protect(
        blob: ProtectedBlob,
        wanted: Protection,
    ): Promise<{ properties: Protection; losses: readonly Loss[] }> {
        const found = await blob.find(blob.name);
        if (found === undefined || etagOf(found.version) !== etagOf(blob.written)) {
            throw changedDuringRun("blob", blob.name);
        }
        const { immutability: had, legalHold: held } = found.properties as BlobProperties;
        const losses: Loss[] = [];
        let immutability = strongest(wanted.immutability, had);
        if (immutability !== undefined && !isSame(immutability, had)) {
            const { until, locked } = immutability;
            const isSet = await this.#set(() =>
                blob.client.setImmutabilityPolicy(
                    { expiriesOn: new Date(until), policyMode: locked === true ? "Locked" : "Unlocked" },
                    {
                        abortSignal: this.signal,
                        ...(found.modified && {
                            modifiedAccessCondition: { ifUnmodifiedSince: found.modified },
                        }),
                    },
                ),
            );
            if (!isSet) {
                immutability = had;
                losses.push(unsetProtection(blob.name, "immutability policy"));
            }
        }
        let isHeld = held === true;
        if (wanted.legalHold === true && !isHeld) {
            isHeld = await this.#set(() => blob.client.setLegalHold(true, { abortSignal: this.signal }));
            if (!isHeld) losses.push(unsetProtection(blob.name, "legal hold"));
        }
        return {
            properties: {
                ...(immutability === undefined ? {} : { immutability }),
                ...(isHeld ? { legalHold: true } : {}),
            },
            losses,
        };
    }

    /** Answers false where the role is missing. */
    async #set(send: () => Promise<unknown>): Promise<boolean> {
        try {
            await send();
            return true;
        } catch (error) {
            if (statusOf(error) !== 403) throw error;
            return false;
        }
    }
}

function isSame(a: Protection["immutability"], b: Protection["immutability"]): boolean {
    return a?.until === b?.until && a?.locked === b?.locked;
}
