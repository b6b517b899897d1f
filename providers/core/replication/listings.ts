import type { Item } from "../contract.js";
import type { AccessWait } from "./access-wait.js";
import { atSource } from "./at-source.js";

/** The source's listing; a denial says which side it was on. */
export async function* sourceListing(list: () => AsyncIterable<Item>): AsyncGenerator<Item, undefined> {
    const items = list()[Symbol.asyncIterator]();
    try {
        for (;;) {
            const next = await atSource(() => items.next());
            if (next.done === true) return undefined;
            yield next.value;
        }
    } finally {
        await items.return?.();
    }
}

/**
 * The target's listing. Until its first answer it is begun again while a role does not act yet or the resource, made a
 * moment ago, can't be reached; later failures end it.
 */
export async function* targetListing(
    list: () => AsyncIterable<Item>,
    access: AccessWait,
): AsyncGenerator<Item, undefined> {
    const begun = await access.run(async () => {
        const items = list()[Symbol.asyncIterator]();
        return { items, first: await items.next() };
    }, true);
    try {
        for (let next = begun.first; next.done !== true; next = await begun.items.next()) yield next.value;
    } finally {
        await begun.items.return?.();
    }
    return undefined;
}
