import { forEachBounded } from "../core/replication/pool.js";
import { commitOptions, type UploadTarget, type Written } from "./upload-target.js";
import { etagOf } from "./blob-item.js";
import { planBlocks, stagedBlocks } from "./blocks.js";
import { withGrant, type CopySource } from "./copy-source.js";

/**
 * Has the service copy a blob in blocks, several at once, each only while the source is the one that was listed. Blocks
 * that an earlier run has staged of the same source are not copied again. Nothing can be seen of the blob before the
 * last request, which commits exactly the blocks of this source.
 */
export async function copyInBlocks(source: CopySource, target: UploadTarget): Promise<Written> {
    const { item, url } = source;
    const { client, name, signal, sizes } = target;
    const identity = `${url} ${etagOf(item.version)}`;
    const blocks = planBlocks(identity, item.bytes ?? 0, sizes.copiedBlock);
    const staged = await stagedBlocks(client, name, signal);
    const missing = blocks.filter(({ id, count }) => staged.get(id) !== count);
    await forEachBounded(
        missing,
        { concurrency: sizes.copiedBlocksAtOnce, signal },
        async ({ id, offset, count }) => {
            await withGrant(source, () =>
                client.stageBlockFromURL(id, url, offset, count, { abortSignal: signal }),
            );
        },
    );
    signal.throwIfAborted();
    const ids = blocks.map(({ id }) => id);
    return target.finish(item.digest, (tags) =>
        client.commitBlockList(ids, commitOptions(target, item.digest, tags)),
    );
}
