/**
 * Items that arrive page by page. To wait for each of them alone, through every layer that they pass, costs more than
 * what is done with them: whoever sees very many takes them by the page.
 */
export class Paged<Item> implements AsyncIterable<Item> {
    constructor(private readonly read: () => AsyncGenerator<readonly Item[], void>) {}

    pages(): AsyncGenerator<readonly Item[], void> {
        return this.read();
    }

    async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
        for await (const page of this.read()) yield* page;
    }
}

/** Any items by the page; where they come one by one, each is a page. */
export function pagesOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[], void> {
    return items instanceof Paged ? (items as Paged<Item>).pages() : oneByOne(items);
}

async function* oneByOne<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[], void> {
    for await (const item of items) yield [item];
}
