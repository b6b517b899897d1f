import type { BatchAnswer, BatchWrite } from "../../core/batching.js";
import type { Context, Item, ListOptions, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { Paged } from "../../core/paged.js";
import { statusOf } from "../../core/rest-error.js";
import { serviceCodeOf, unlessAbsent } from "../errors.js";
import { continued, type NextQuery } from "./continued.js";
import { operationRefusal, writeRefusal } from "./entity-errors.js";
import { etagOf, toEntityItem, writtenItem } from "./entity-item.js";
import { parseEntity, parsePage, type EntityFacts } from "./entity-text.js";
import { compareText, splitName, type EntityName } from "./names.js";
import { tableNamePages } from "./table-names.js";
import { openTableWire, type TableWire } from "./table-wire.js";
import { parseAnswer, toTransaction, writeHeaders, type Operation } from "./transaction.js";

/** Entities, as the JSON that writes them. */
export async function openEntityStore(resource: ResourceRef, context: Context): Promise<Store<string>> {
    return new EntityStore(await openTableWire(resource, context), context);
}

class EntityStore implements Store<string> {
    /** A listing gives whole entities: none is asked for twice. Gone with its item. */
    readonly #texts = new WeakMap<Item, string>();

    constructor(
        private readonly wire: TableWire,
        private readonly context: Context,
    ) {}

    list(options: ListOptions = {}): Paged<Item> {
        return new Paged(() => this.#pages(options));
    }

    async *#pages({ groups }: ListOptions): AsyncGenerator<readonly Item[], void> {
        // Both sides call a table as the run does, though its name may have another case here.
        const called = groups && new Map(groups.map((group) => [group.toLowerCase(), group]));
        const tables: string[] = [];
        for await (const names of tableNamePages(this.wire)) tables.push(...names);
        // Whatever the service's order: entities stand table by table, whose names have no case.
        tables.sort((a, b) => compareText(a.toLowerCase(), b.toLowerCase()));
        for (const table of tables) {
            const name = called === undefined ? table : called.get(table.toLowerCase());
            if (name !== undefined) yield* this.#entities(name);
        }
    }

    async find(name: string): Promise<Item | undefined> {
        const facts = await this.#read(placeOf(name));
        return facts && this.#item(placeOf(name).table, facts);
    }

    async get(item: Item): Promise<string> {
        const known = this.#texts.get(item);
        if (known !== undefined) return known;
        const facts = await this.#read(placeOf(item.name));
        if (facts !== undefined) return facts.text;
        throw new DataplaneError("Conflict", `the entity "${item.name}" is gone`, {
            item: item.name,
            side: this.context.side,
        });
    }

    async put(item: Item, content: string, options: PutOptions): Promise<Item> {
        const { url, body, ifMatch } = this.#operation(item, content, options);
        try {
            const { headers } = await this.wire.send({
                method: ifMatch === undefined ? "POST" : "PUT",
                url,
                body,
                headers: { ...writeHeaders, ...(ifMatch === undefined ? {} : { "if-match": ifMatch }) },
            });
            return writtenItem(item, content, headers.get("etag") ?? "");
        } catch (error) {
            throw writeRefusal(item.name, statusOf(error) ?? 0, serviceCodeOf(error) ?? "") ?? error;
        }
    }

    /** An entity group transaction. */
    async putMany(writes: readonly BatchWrite<string>[]): Promise<BatchAnswer> {
        const { contentType, body } = toTransaction(
            writes.map(({ item, content, options }) => this.#operation(item, content, options)),
        );
        const { bodyAsText } = await this.wire.send({
            method: "POST",
            url: this.wire.url("$batch"),
            body,
            headers: { "content-type": contentType },
        });
        const answer = parseAnswer(bodyAsText ?? "", writes.length);
        if (answer === undefined) throw unanswered(writes.length);
        if ("etags" in answer) {
            return {
                written: writes.map(({ item, content }, index) =>
                    writtenItem(item, content, answer.etags[index] ?? ""),
                ),
            };
        }
        const { status, code, index } = answer;
        // The service is busy, or names nobody: that is about all of them.
        if (status >= 500 || status === 429 || index === undefined) throw refusedWhole(status, code);
        return { refused: index, error: operationRefusal(writes[index]?.item.name ?? "", status, code) };
    }

    async remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        const { table, ...keys } = placeOf(name);
        const headers = { "if-match": expected === undefined ? "*" : etagOf(expected.version) };
        const url = this.wire.url(table, keys);
        try {
            await unlessAbsent(this.wire.send({ method: "DELETE", url, headers }), ...absentCodes);
        } catch (error) {
            throw writeRefusal(name, statusOf(error) ?? 0, serviceCodeOf(error) ?? "") ?? error;
        }
    }

    #operation(item: Item, content: string, { existing }: PutOptions): Operation {
        const { table, ...keys } = placeOf(item.name);
        return existing === undefined
            ? { url: this.wire.url(table), body: content, ifMatch: undefined }
            : { url: this.wire.url(table, keys), body: content, ifMatch: etagOf(existing.version) };
    }

    async *#entities(table: string): AsyncGenerator<readonly Item[], void> {
        const ask = (query: string) =>
            this.wire.send({ method: "GET", url: `${this.wire.url(table)}()${query}` });
        for await (const { bodyAsText } of continued(ask, nextQuery))
            yield parsePage(bodyAsText ?? "").map((facts) => this.#item(table, facts));
    }

    async #read({ table, ...keys }: EntityName): Promise<EntityFacts | undefined> {
        const url = this.wire.url(table, keys);
        const answer = await unlessAbsent(this.wire.send({ method: "GET", url }), ...absentCodes);
        return answer && parseEntity(answer.bodyAsText ?? "", answer.headers.get("etag"));
    }

    #item(table: string, facts: EntityFacts): Item {
        const item = toEntityItem(table, facts);
        this.#texts.set(item, facts.text);
        return item;
    }
}

const absentCodes = ["ResourceNotFound", "EntityNotFound", "TableNotFound"];

/** https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination */
const nextQuery: NextQuery = (headers) => {
    const partitionKey = headers.get("x-ms-continuation-nextpartitionkey") ?? "";
    const rowKey = headers.get("x-ms-continuation-nextrowkey");
    if (partitionKey === "") return "";
    const row = rowKey === undefined ? "" : `&NextRowKey=${encodeURIComponent(rowKey)}`;
    return `?NextPartitionKey=${encodeURIComponent(partitionKey)}${row}`;
};

function placeOf(name: string): EntityName {
    const place = splitName(name);
    if (place !== undefined) return place;
    throw new DataplaneError(
        "InvalidItem",
        `"${name}" is no entity: they are named table/PartitionKey/RowKey`,
        {
            item: name,
        },
    );
}

function unanswered(count: number): DataplaneError {
    return new DataplaneError(
        "Corrupt",
        `a transaction of ${String(count)} entities was not answered in full`,
    );
}

function refusedWhole(status: number, code: string): DataplaneError {
    return new DataplaneError("Unexpected", `the service refuses a transaction (${String(status)} ${code})`, {
        side: "target",
        status,
        serviceCode: code,
    });
}
