import type { Item } from "../contract.js";
import { Paged, pagesOf } from "../paged.js";
import type { AccessWait } from "./access-wait.js";
import { atSource } from "./at-source.js";

/** The source's listing; a denial says which side it was on. */
export function sourceListing(list: () => AsyncIterable<Item>): Paged<Item> {
    return new Paged(async function* () {
        const pages = pagesOf(list());
        try {
            for (;;) {
                const next = await atSource(() => pages.next());
                if (next.done === true) return;
                yield next.value;
            }
        } finally {
            await pages.return();
        }
    });
}

/**
 * The target's listing. Until its first answer it is begun again while a role does not act yet or the resource, made a
 * moment ago, can't be reached; later failures end it.
 */
export function targetListing(list: () => AsyncIterable<Item>, access: AccessWait): Paged<Item> {
    return new Paged(async function* () {
        const begun = await access.run(async () => {
            const pages = pagesOf(list());
            return { pages, first: await pages.next() };
        }, true);
        try {
            for (let next = begun.first; next.done !== true; next = await begun.pages.next())
                yield next.value;
        } finally {
            await begun.pages.return();
        }
    });
}
