import { Readable } from "node:stream";
import type { Item, PutOptions } from "../contract.js";
import { DataplaneError, isDataplaneError } from "../errors.js";
import { bytesAgree } from "./equality.js";
import { isCopyRefused, isRefusedForItem } from "./refused.js";
import { readSource } from "./rewriting.js";
import type { Run } from "./run.js";
import type { Path } from "./types.js";

/** One write that was decided. */
export interface Write {
    /** Under its name at the source. */
    readonly source: Item;
    /** The name at the target. */
    readonly name: string;
    /** The target's item that the write is conditional on. */
    readonly existing: Item | undefined;
    readonly owner: string | undefined;
    /** The contents are equal; only the properties differ. */
    readonly propertiesOnly: boolean;
    /** The content, where it was read already or the user gave it. */
    readonly content?: { readonly value: unknown };
    readonly overridden: boolean;
    /** Told that a write leaves now, with its content where that is small: from here on the target may have changed. */
    readonly onSend: (content?: { readonly value: unknown }) => void;
    /** Told the write's answer before it is checked. */
    readonly onAnswer: (item: Item, path: Path) => void;
}

/** The one place that chooses how the data of an item goes. */
function choosePath(run: Run, write: Write): Path {
    if (run.request.mode === "template") return "none";
    if (write.propertiesOnly && write.existing !== undefined && run.target.putProperties !== undefined) {
        return "properties";
    }
    const serverSide =
        run.element.features.serverSideCopy &&
        run.target.copyFrom !== undefined &&
        write.content === undefined &&
        write.source.streamed !== true &&
        run.rewriting === undefined &&
        !run.serverSideRefused;
    return serverSide ? "server-side" : "streamed";
}

/**
 * Writes an item on the path that suits it and answers with that path. Throws `Corrupt` where the write's answer shows
 * another content than the source's. After a refusal to move data (`isCopyRefused`) the next write takes another path.
 */
export async function writeItem(run: Run, write: Write): Promise<Path> {
    const path = choosePath(run, write);
    const go = (): Promise<Path> => writeBy(run, write, path);
    if (path !== "server-side") return go();
    return run.pilot.fly(write.source.bytes, go, () => writeBy(run, write, choosePath(run, write)));
}

async function writeBy(run: Run, write: Write, path: Path): Promise<Path> {
    try {
        const item = await send(run, write, path);
        run.lastSeen = run.timing.now();
        run.clock.wrote(item.modified, run.lastSeen);
        write.onAnswer(item, path);
        if (path !== "none" && !write.overridden && run.rewriting === undefined) checkAnswer(write, item);
        return path;
    } catch (error) {
        if (path === "server-side" && isDataplaneError(error) && isCopyRefused(error)) {
            run.tally.refused(error.message);
            if (!isRefusedForItem(error)) run.serverSideRefused = true;
        }
        throw error;
    }
}

async function send(run: Run, write: Write, path: Path): Promise<Item> {
    const { target, source, access } = run;
    const item: Item = { ...write.source, name: write.name };
    const options: PutOptions = { existing: write.existing, owner: write.owner };
    switch (path) {
        case "none": {
            const putEmpty = target.putEmpty?.bind(target);
            if (putEmpty === undefined) {
                throw new DataplaneError(
                    "Plugin",
                    `${run.element.name} declares template mode without putEmpty`,
                );
            }
            write.onSend();
            return access.run(() => putEmpty(item, options));
        }
        case "properties":
            return access.run(async () => {
                if (target.putProperties === undefined || write.existing === undefined)
                    return put(run, write, item);
                write.onSend();
                return target.putProperties(item, { ...options, existing: write.existing }, source);
            });
        case "server-side":
            return access.run(async () => {
                if (target.copyFrom === undefined) return put(run, write, item);
                write.onSend();
                return target.copyFrom(source, write.source, item, options);
            });
        case "streamed":
            return access.run(() => put(run, write, item));
    }
}

/** Reads and writes in one go: a stream that a refused write has begun to read can't be sent again. */
async function put(run: Run, write: Write, item: Item): Promise<Item> {
    const content = write.content === undefined ? await readSource(run, write.source) : write.content.value;
    write.onSend(run.element.features.comparesValues || write.overridden ? { value: content } : undefined);
    try {
        const options = { existing: write.existing, owner: write.owner };
        return await (run.batches ?? run.target).put(item, content, options);
    } catch (error) {
        if (content instanceof Readable) content.destroy();
        throw error;
    }
}

function checkAnswer(write: Write, written: Item): void {
    const { source } = write;
    const digestsDiffer =
        source.digest !== undefined && written.digest !== undefined && source.digest !== written.digest;
    if (!digestsDiffer && bytesAgree(source, written)) return;
    throw new DataplaneError("Corrupt", `"${source.name}" arrived with another content than the source has`, {
        item: source.name,
        side: "target",
    });
}
