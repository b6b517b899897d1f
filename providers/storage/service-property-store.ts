import type { Context, Item, PutOptions, ResourceRef, Store } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { servicePropertyOptions } from "./options.js";
import { placeOf, toPropertyItems, withItem, type PropertyService } from "./service-property-item.js";
import { openService, type ServiceClient } from "./service-property-services.js";

/** Opens the settings of an account's services. Throws `InvalidArgument` where it lacks one of them. */
export async function openServicePropertyStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<null>> {
    const { services = ["blob"] } = servicePropertyOptions.parse(context.options);
    const opened = await Promise.all(
        services.map(async (name) => [name, await openService(name, resource, context)] as const),
    );
    return new ServicePropertyStore(new Map(opened), context);
}

class ServicePropertyStore implements Store<null> {
    /** The last change: rules of CORS are one list, so one change follows the other. */
    #changes: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly services: ReadonlyMap<PropertyService, ServiceClient>,
        private readonly context: Context,
    ) {}

    async *list(): AsyncIterable<Item> {
        for (const [name, service] of this.services) yield* toPropertyItems(name, await service.read());
    }

    async find(name: string): Promise<Item | undefined> {
        const place = placeOf(name);
        const found = await this.services.get(place.service)?.read();
        return found === undefined ? undefined : itemOf(toPropertyItems(place.service, found), name);
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
            const place = placeOf(item.name);
            const service = this.#service(place.service);
            const before = await service.read();
            this.#mustEqual(item.name, itemOf(toPropertyItems(place.service, before), item.name), existing);
            await service.set(withItem(before, place, item.properties));
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
            const place = placeOf(name);
            const service = this.#service(place.service);
            const before = await service.read();
            const found = itemOf(toPropertyItems(place.service, before), name);
            if (found === undefined) return;
            if (expected !== undefined) this.#mustEqual(name, found, expected);
            await service.set(withItem(before, place, undefined));
        });
    }

    #service(name: PropertyService): ServiceClient {
        const service = this.services.get(name);
        if (service !== undefined) return service;
        throw new DataplaneError("InvalidArgument", `the settings of the ${name} service are not opened`, {
            argument: "services",
            side: this.context.side,
            remedy: `Add "${name}" to services.`,
        });
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

function itemOf(items: readonly Item[], name: string): Item | undefined {
    return items.find((item) => item.name === name);
}
