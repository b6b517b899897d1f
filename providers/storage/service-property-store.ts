import type { Context, Item, PutOptions, ResourceRef, Store } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { openBlobService } from "./client.js";
import type { BlobServiceClient } from "./sdk.js";
import { toPropertyItems, withItem, type CarriedProperties } from "./service-property-item.js";

/** Opens the settings of an account's blob service. Throws `InvalidArgument` where it has none. */
export async function openServicePropertyStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<null>> {
    return new ServicePropertyStore(await openBlobService(resource, context), context);
}

class ServicePropertyStore implements Store<null> {
    /** The last change: rules of CORS are one list, so one change follows the other. */
    #changes: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly service: BlobServiceClient,
        private readonly context: Context,
    ) {}

    async *list(): AsyncIterable<Item> {
        yield* toPropertyItems(await this.#read());
    }

    async find(name: string): Promise<Item | undefined> {
        return itemOf(await this.#read(), name);
    }

    /** A setting is all properties. */
    get(): Promise<null> {
        return Promise.resolve(null);
    }

    equal(): boolean {
        return true;
    }

    /** The service knows no conditions here, so the look right before the change is as near as one can get. */
    put(item: Item, _content: null, { existing }: PutOptions): Promise<Item> {
        return this.#inTurn(async () => {
            const before = await this.#read();
            this.#mustEqual(item.name, itemOf(before, item.name), existing);
            await this.#set(withItem(before, item.name, item.properties));
            const written = await this.find(item.name);
            if (written !== undefined) return written;
            throw new DataplaneError("Corrupt", `the target did not take the setting "${item.name}"`, {
                item: item.name,
                side: "target",
            });
        });
    }

    putEmpty(item: Item, options: PutOptions): Promise<Item> {
        return this.put(item, null, options);
    }

    async remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        await this.#inTurn(async () => {
            const before = await this.#read();
            const found = itemOf(before, name);
            if (found === undefined) return;
            if (expected !== undefined) this.#mustEqual(name, found, expected);
            await this.#set(withItem(before, name, undefined));
        });
    }

    #read(): Promise<CarriedProperties> {
        return this.service.getProperties({ abortSignal: this.context.signal });
    }

    /**
     * Settings that are not among them stay as they are:
     * https://learn.microsoft.com/rest/api/storageservices/set-blob-service-properties#request-body
     */
    async #set(properties: CarriedProperties): Promise<void> {
        await this.service.setProperties(properties, { abortSignal: this.context.signal });
    }

    #inTurn<T>(change: () => Promise<T>): Promise<T> {
        const result = this.#changes.then(change);
        this.#changes = result.catch(() => undefined);
        return result;
    }

    #mustEqual(name: string, found: Item | undefined, expected: Item | undefined): void {
        if (found?.version === expected?.version) return;
        throw new DataplaneError("Conflict", `the setting "${name}" changed at the target during the run`, {
            item: name,
            side: this.context.side,
            remedy: "Run again: the change will be looked at.",
        });
    }
}

function itemOf(properties: CarriedProperties, name: string): Item | undefined {
    return toPropertyItems(properties).find((item) => item.name === name);
}
