import { createHash } from "node:crypto";
import { DataplaneError } from "../core/errors.js";
import { unlessAbsent } from "./errors.js";
import type { BlockBlobClient } from "./sdk.js";

/** https://learn.microsoft.com/azure/storage/blobs/scalability-targets#scale-targets-for-blob-storage */
const maximumBlocks = 50_000;

/** A part of a blob on its way, staged under an id that says what it holds. */
export interface Block {
    /**
     * Base64 of a text of 48 bytes: a sign, a hash of the source's URL and ETag, offset and length. So a later run knows
     * the blocks of an earlier one, and blocks of a source that changed since are never taken for its own.
     * Ids of one blob must be of one length, and of at most 64 bytes before they are encoded:
     * https://learn.microsoft.com/rest/api/storageservices/put-block#uri-parameters
     */
    readonly id: string;
    readonly offset: number;
    /** Bytes. */
    readonly count: number;
}

/** The size of all blocks but the last, in bytes: at least `smallest`, and more where they would be too many. */
export function blockSize(bytes: number, smallest: number): number {
    return Math.max(smallest, Math.ceil(bytes / maximumBlocks));
}

/** The blocks of a content of that length. `identity` is the source's URL and ETag. */
export function planBlocks(identity: string, bytes: number, smallest: number): Block[] {
    const size = blockSize(bytes, smallest);
    const blocks: Block[] = [];
    for (let offset = 0; offset < bytes; offset += size) {
        blocks.push(blockAt(identity, offset, Math.min(size, bytes - offset)));
    }
    return blocks;
}

/** The block of a content that begins there. */
export function blockAt(identity: string, offset: number, count: number): Block {
    const origin = createHash("sha256").update(identity).digest("hex").slice(0, 16);
    const text = `apd1-${origin}-${String(offset).padStart(15, "0")}-${String(count).padStart(10, "0")}`;
    return { id: Buffer.from(text).toString("base64"), offset, count };
}

/**
 * The blocks that were staged for a blob and not committed, by id, with their sizes in bytes. Blocks of other writers
 * are among them.
 *
 * @throws DataplaneError `InvalidItem` where another writer's blocks have ids of another length: the service takes no
 *     block beside them.
 */
export async function stagedBlocks(
    client: BlockBlobClient,
    name: string,
    signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
    const list = client.getBlockList("uncommitted", { abortSignal: signal });
    const { uncommittedBlocks = [] } = (await unlessAbsent(list, "BlobNotFound", "ContainerNotFound")) ?? {};
    const { length } = blockAt("", 0, 0).id;
    if (uncommittedBlocks.some((block) => block.name.length !== length)) {
        throw new DataplaneError("InvalidItem", `somebody else has begun to upload "${name}" at the target`, {
            item: name,
            side: "target",
            remedy:
                "Let that upload end, or write any small blob of that name, which discards it; the service itself " +
                "forgets it after a week.",
        });
    }
    return new Map(uncommittedBlocks.map((block) => [block.name, block.size]));
}
