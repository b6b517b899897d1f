import type { ListedBlob, ListedPage } from "../list-parser.js";
import { compareNames } from "../names.js";

/** Reads a page of what is in a directory: `prefix` is empty or ends with a slash. */
export type ReadLevel = (prefix: string, marker: string | undefined) => Promise<ListedPage>;

/** How many directories are read ahead of the one whose files are wanted. */
const aheadAtMost = 16;

/**
 * The files of a tree by name, as accounts without a hierarchical namespace list them: `a-b` before `a/x`. The service
 * lists a tree folder by folder, so each folder is asked for by itself, some ahead, and what comes out of order waits:
 * never a folder's content, only its name.
 */
export async function* filesByName(read: ReadLevel, prefix = ""): AsyncGenerator<ListedBlob, undefined> {
    yield* level(read, prefix, read(prefix, undefined));
    return undefined;
}

async function* level(
    read: ReadLevel,
    prefix: string,
    first: Promise<ListedPage>,
): AsyncGenerator<ListedBlob, undefined> {
    const waiting: string[] = [];
    const ahead = new Map<string, Promise<ListedPage>>();
    const open = (directory: string): Promise<ListedPage> => {
        const page = ahead.get(directory) ?? read(directory, undefined);
        ahead.delete(directory);
        return page;
    };
    let page = await first;
    for (;;) {
        const directories = page.blobs.filter(({ isPrefix }) => isPrefix).map(({ name }) => name);
        let next = 0;
        for (const entry of page.blobs) {
            while (waiting[0] !== undefined && waiting[0] < entry.name) {
                const directory = waiting.shift() ?? "";
                yield* level(read, directory, open(directory));
            }
            if (!entry.isPrefix) {
                yield entry;
                continue;
            }
            waiting.push(entry.name);
            waiting.sort(compareNames);
            for (; next < directories.length && ahead.size < aheadAtMost; next += 1) {
                const directory = directories[next] ?? "";
                if (directory < entry.name) continue;
                const reading = read(directory, undefined);
                // A failure is told to whoever waits for it; nobody may.
                reading.catch(() => undefined);
                ahead.set(directory, reading);
            }
        }
        if (page.next === undefined) break;
        page = await read(prefix, page.next);
    }
    for (const directory of waiting) yield* level(read, directory, open(directory));
    return undefined;
}
