import type { Item, Loss, PutOptions } from "../core/contract.js";
import { canonicalJson } from "../core/json.js";
import { etagOf, headersOf, tagLoss, type BlobProperties } from "./blob-item.js";
import { withOwn } from "./metadata.js";
import type { BlockBlobClient } from "./sdk.js";
import type { TagAccess } from "./tags.js";

export interface PropertyUpdate {
    readonly client: BlockBlobClient;
    /** With the properties that the blob is to have. */
    readonly item: Item;
    readonly existing: Item;
    readonly owner?: PutOptions["owner"];
    readonly tags: TagAccess;
    readonly signal: AbortSignal;
}

/**
 * Brings headers, metadata, index tags and tier of a blob to the item's, with the requests that are needed and no
 * other. Where that is more than one, the first marks the blob as unfinished and the last takes the mark away.
 *
 * @returns what could not be carried.
 * @throws the service's 412 where the blob changed since it was listed.
 */
export async function updateProperties(update: PropertyUpdate): Promise<Loss[]> {
    const { client, item, existing, owner, signal: abortSignal } = update;
    const wanted = item.properties as BlobProperties;
    const found = existing.properties as BlobProperties;
    const steps = stepsOf(update, wanted, found);
    const needsMetadata =
        canonicalJson(wanted.metadata) !== canonicalJson(found.metadata) ||
        owner !== existing.owner ||
        existing.placeholder === true;
    const needsMark = steps.length + (needsMetadata ? 1 : 0) > 1;
    const state = { etag: etagOf(existing.version) };
    const setMetadata = async (unfinished: boolean): Promise<void> => {
        const { etag } = await client.setMetadata(withOwn(wanted.metadata, { owner, unfinished }), {
            conditions: { ifMatch: state.etag },
            abortSignal,
        });
        state.etag = etag ?? state.etag;
    };
    if (needsMark) await setMetadata(true);
    const losses: Loss[] = [];
    for (const step of steps) losses.push(...(await step(state)));
    if (needsMark || needsMetadata) await setMetadata(false);
    return losses;
}

type Step = (state: { etag: string }) => Promise<Loss[]>;

function stepsOf(update: PropertyUpdate, wanted: BlobProperties, found: BlobProperties): Step[] {
    const { client, item, existing, signal: abortSignal } = update;
    const steps: Step[] = [];
    if (canonicalJson(plain(wanted)) !== canonicalJson(plain(found))) {
        steps.push(async (state) => {
            const { etag } = await client.setHTTPHeaders(headersOf(wanted, existing.digest), {
                conditions: { ifMatch: state.etag },
                abortSignal,
            });
            state.etag = etag ?? state.etag;
            return [];
        });
    }
    const carriesTags = update.tags.readable && item.losses?.some((loss) => loss.what === "tags") !== true;
    if (carriesTags && canonicalJson(wanted.tags ?? {}) !== canonicalJson(found.tags ?? {})) {
        steps.push(async () => {
            const isSet = await update.tags.set(() => client.setTags(wanted.tags ?? {}, { abortSignal }));
            return isSet ? [] : [tagLoss(item.name, "written")];
        });
    }
    if (wanted.sequenceNumber !== found.sequenceNumber) {
        steps.push(async (state) => {
            const { etag } = await client
                .getPageBlobClient()
                .updateSequenceNumber("update", wanted.sequenceNumber ?? 0, {
                    conditions: { ifMatch: state.etag },
                    abortSignal,
                });
            state.etag = etag ?? state.etag;
            return [];
        });
    }
    if (wanted.sealed === true && found.sealed !== true) {
        steps.push(async (state) => {
            const { etag } = await client
                .getAppendBlobClient()
                .seal({ conditions: { ifMatch: state.etag }, abortSignal });
            state.etag = etag ?? state.etag;
            return [];
        });
    }
    if (wanted.tier !== found.tier) steps.push((state) => setTier(update, wanted.tier, state));
    return steps;
}

/** The headers alone. */
function plain(properties: BlobProperties): BlobProperties {
    const {
        tags: _tags,
        tier: _tier,
        sealed: _sealed,
        sequenceNumber: _number,
        snapshots: _snapshots,
        ...others
    } = properties;
    return { ...others, metadata: {} };
}

async function setTier(
    { client, item, signal: abortSignal }: PropertyUpdate,
    tier: string | undefined,
    state: { etag: string },
): Promise<Loss[]> {
    if (tier === undefined) {
        return [
            {
                item: item.name,
                what: "tier",
                reason: "a tier that was set on a blob can't be taken back to the account's without writing it again",
                remedy: "set the tier at the source, or remove the blob at the target",
            },
        ];
    }
    await client.setAccessTier(tier, { abortSignal });
    // The answer has no ETag, and whether it changed is not documented.
    const { etag } = await client.getProperties({ abortSignal });
    state.etag = etag ?? state.etag;
    return [];
}
