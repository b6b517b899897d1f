import { createHash } from "node:crypto";
import type { Item, Loss, Side } from "../core/contract.js";
import { canonicalJson, type Json } from "../core/json.js";
import { knownKind } from "./blob-kind.js";
import {
    accessOf,
    accessVersion,
    stickyLoss,
    type AccessControl,
    type AccessFacts,
} from "./datalake/access-control.js";
import { boundProperties, boundVersion, type BoundFacts, type BoundProperties } from "./bound-properties.js";
import { carriedMetadata, ownEntry, ownerKey, unfinishedKey, type Metadata } from "./metadata.js";
import { joinName, type BlobName } from "./names.js";
import { rehydratedDigest } from "./rehydration.js";
import { snapshotVersion } from "./snapshots.js";
import type { BlobHTTPHeaders } from "./sdk.js";

/** What is known of a blob, wherever it was read. */
export interface BlobFacts extends BoundFacts, AccessFacts {
    readonly etag?: string | undefined;
    readonly lastModified?: Date | undefined;
    readonly bytes: number;
    readonly blobType?: string | undefined;
    readonly isSealed?: boolean | undefined;
    readonly blobSequenceNumber?: number | undefined;
    readonly contentType?: string | undefined;
    readonly contentEncoding?: string | undefined;
    readonly contentLanguage?: string | undefined;
    readonly contentDisposition?: string | undefined;
    readonly cacheControl?: string | undefined;
    readonly contentMD5?: Uint8Array | undefined;
    readonly metadata?: Metadata | undefined;
    readonly accessTier?: string | undefined;
    readonly accessTierInferred?: boolean | undefined;
    /** Undefined: not read. */
    readonly tags: Readonly<Record<string, string>> | undefined;
    /** As the service counts them for everyone, readable or not. */
    readonly tagCount?: number | undefined;
    readonly customerProvidedKeySha256?: string | undefined;
}

/** What is carried beside the content. */
export type BlobProperties = Record<string, Json> &
    BoundProperties & {
        contentType: string;
        contentEncoding?: string;
        contentLanguage?: string;
        contentDisposition?: string;
        cacheControl?: string;
        metadata: Record<string, string>;
        tags?: Record<string, string>;
        /** Only one that was set on the blob; one that comes from the account is the target account's affair. */
        tier?: string;
        /**
         * When the snapshots were taken at the source, oldest first, as the service writes it; only with the option
         * `snapshots`. At the target those that were copied.
         */
        snapshots?: string[];
        /** Block blobs, the usual ones, don't say so. */
        type?: "AppendBlob" | "PageBlob";
        /** An append blob that takes no more blocks. */
        sealed?: true;
        /** Of a page blob, where it is not 0. */
        sequenceNumber?: number;
        /** Only where the account is known to have a hierarchical namespace. */
        access?: AccessControl;
    };

/** What the service takes where no type is given. */
const defaultContentType = "application/octet-stream";

/**
 * The item of a blob.
 *
 * @param options.carriesTags index tags matter: those that exist and were not read are a loss.
 */
export function toBlobItem(
    place: BlobName,
    facts: BlobFacts,
    options: { side: Side; carriesTags: boolean },
): Item {
    const name = joinName(place.container, place.blob);
    const properties = propertiesOf(facts);
    const owner = ownEntry(facts.metadata, ownerKey);
    const losses = lossesOf(name, facts, options.carriesTags);
    const lost = options.side === "source" ? lostOf(name, facts) : undefined;
    return {
        name,
        group: place.container,
        version: versionOf(facts.etag, properties),
        bytes: facts.bytes,
        properties,
        ...optional("digest", digestOf(facts, properties)),
        ...(facts.lastModified === undefined ? {} : { modified: facts.lastModified }),
        ...(owner === undefined ? {} : { owner }),
        ...(ownEntry(facts.metadata, unfinishedKey) === undefined ? {} : { placeholder: true }),
        ...(losses.length === 0 ? {} : { losses }),
        ...(lost === undefined ? {} : { lost }),
    };
}

/**
 * `0x8DC2A5B1 Cool #3f9a1c`: the ETag, which changes with content, headers and metadata, then what changes without it:
 * the tier (where it was set on the blob), whether it is sealed, its immutability policy and its legal hold, its access
 * control as a short hash, and one of the index tags (where there are any).
 * https://learn.microsoft.com/rest/api/storageservices/set-blob-tags: "doesn't change the ETag".
 * https://learn.microsoft.com/rest/api/storageservices/append-blob-seal says so of sealing, too.
 */
export function versionOf(etag: string | undefined, properties: BlobProperties): string {
    const { tier, tags, sealed } = properties;
    const hash =
        tags === undefined
            ? undefined
            : `#${createHash("sha256").update(canonicalJson(tags)).digest("hex").slice(0, 6)}`;
    const parts = [
        bareETag(etag),
        tier,
        sealed === true ? "sealed" : undefined,
        ...boundVersion(properties),
        accessVersion(properties.access),
        hash,
    ];
    return snapshotVersion(parts.filter((part) => part !== undefined).join(" "), properties.snapshots ?? []);
}

/** The ETag of a version, as conditions take it. */
export function etagOf(version: string): string {
    return `"${version.split(" ")[0] ?? ""}"`;
}

function bareETag(etag: string | undefined): string {
    return etag?.replaceAll('"', "") ?? "unknown";
}

/** The headers to set. `digest`, in base64, is one of them: it is taken away where it is not given. */
export function headersOf(properties: BlobProperties, digest: string | undefined): BlobHTTPHeaders {
    const { contentType, contentEncoding, contentLanguage, contentDisposition, cacheControl } = properties;
    return {
        blobContentType: contentType,
        ...(contentEncoding === undefined ? {} : { blobContentEncoding: contentEncoding }),
        ...(contentLanguage === undefined ? {} : { blobContentLanguage: contentLanguage }),
        ...(contentDisposition === undefined ? {} : { blobContentDisposition: contentDisposition }),
        ...(cacheControl === undefined ? {} : { blobCacheControl: cacheControl }),
        ...(digest === undefined ? {} : { blobContentMD5: Buffer.from(digest, "base64") }),
    };
}

function propertiesOf(facts: BlobFacts): BlobProperties {
    const tags = Object.keys(facts.tags ?? {}).length === 0 ? undefined : { ...facts.tags };
    return {
        contentType: given(facts.contentType) ?? defaultContentType,
        metadata: carriedMetadata(facts.metadata),
        ...optional("contentEncoding", given(facts.contentEncoding)),
        ...optional("contentLanguage", given(facts.contentLanguage)),
        ...optional("contentDisposition", given(facts.contentDisposition)),
        ...optional("cacheControl", given(facts.cacheControl)),
        // Left out where there are none, so that a side that can't read them is no different.
        ...optional("tags", tags),
        ...optional("tier", knownKind(facts.blobType) === "BlockBlob" ? tierOf(facts) : undefined),
        ...kindProperties(facts),
        ...boundProperties(facts),
        ...optional("access", accessOf(facts)),
    };
}

/** The MD5 in base64; of a copy of an archived blob without one, what it is a copy of. */
function digestOf({ contentMD5 }: BlobFacts, { rehydratedFrom }: BlobProperties): string | undefined {
    if (contentMD5 !== undefined && contentMD5.length > 0) return Buffer.from(contentMD5).toString("base64");
    return rehydratedFrom === undefined ? undefined : rehydratedDigest(rehydratedFrom);
}

function tierOf(facts: BlobFacts): string | undefined {
    return facts.accessTierInferred === true ? undefined : facts.accessTier;
}

/** What only append and page blobs have. */
function kindProperties(facts: BlobFacts): Partial<BlobProperties> {
    switch (knownKind(facts.blobType)) {
        case "AppendBlob":
            return { type: "AppendBlob", ...(facts.isSealed === true ? { sealed: true } : {}) };
        case "PageBlob": {
            const sequenceNumber = facts.blobSequenceNumber ?? 0;
            return { type: "PageBlob", ...(sequenceNumber === 0 ? {} : { sequenceNumber }) };
        }
        default:
            return {};
    }
}

/** Listings give headers that are not set as empty ones. */
function given(header: string | undefined): string | undefined {
    return header === "" ? undefined : header;
}

function optional<Key extends string, Value>(
    key: Key,
    value: Value | undefined,
): Partial<Record<Key, Value>> {
    return (value === undefined ? {} : { [key]: value }) as Partial<Record<Key, Value>>;
}

function lossesOf(name: string, facts: BlobFacts, carriesTags: boolean): Loss[] {
    const hasUnreadTags = carriesTags && facts.tags === undefined && (facts.tagCount ?? 0) > 0;
    return [
        ...(hasUnreadTags ? [tagLoss(name, "read")] : []),
        ...stickyLoss(name, facts),
        ...(facts.blobType === "PageBlob" && tierOf(facts) !== undefined
            ? [
                  {
                      item: name,
                      what: "tier",
                      reason: `its performance tier ${tierOf(facts) ?? ""} is one of premium accounts`,
                      remedy: "set it at the target, if that is a premium account",
                  },
              ]
            : []),
    ];
}

/** Index tags that can't be read or written for want of a role. */
export function tagLoss(name: string, verb: "read" | "written"): Loss {
    return {
        item: name,
        what: "tags",
        reason: `its index tags may not be ${verb}`,
        remedy: "assign Storage Blob Data Owner, or set the option tags to false",
    };
}

function archivedLoss(item: string, isComing: boolean): Loss {
    return isComing
        ? {
              item,
              what: "item",
              reason: "it is archived, and being rehydrated at the source",
              remedy: "run again when that is done",
          }
        : {
              item,
              what: "item",
              reason: "it is archived, and can't be read before it is rehydrated",
              remedy:
                  'set the option rehydrate to "standard" or "high", or set its tier to Hot, Cool or Cold at the source ' +
                  "and run again when that is done",
          };
}

function lostOf(name: string, facts: BlobFacts): Loss | undefined {
    if (knownKind(facts.blobType) === undefined) {
        return { item: name, what: "item", reason: `it is of the unknown type ${facts.blobType ?? ""}` };
    }
    if (facts.accessTier === "Archive") return archivedLoss(name, facts.archiveStatus !== undefined);
    if (facts.customerProvidedKeySha256 !== undefined) {
        return {
            item: name,
            what: "item",
            reason: "it is encrypted with a key that its writer keeps",
            remedy: "write it again without a customer-provided key",
        };
    }
    return undefined;
}
