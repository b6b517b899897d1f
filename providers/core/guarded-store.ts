import type { BatchWrite } from "./batching.js";
import type { Item, Outlook, PutOptions, Store } from "./contract.js";
import type { DataplaneError, ErrorDetail } from "./errors.js";
import { toDataplaneError } from "./http-errors.js";
import { Paged, pagesOf } from "./paged.js";

/** Adds to an error what only the caller knows, such as the role that is missing. */
export type Enrich = (error: DataplaneError) => DataplaneError | Promise<DataplaneError>;

/** The plugin's own store behind a guarded one. */
const inner = new WeakMap<Store, Store>();

/** The plugin's own store: what `copyFrom` of the same plugin works with. */
export function unwrapStore<Content>(store: Store<Content>): Store<Content> {
    return (inner.get(store) as Store<Content> | undefined) ?? store;
}

/**
 * A store whose failures are all `DataplaneError`s that name side, resource and item. It has the optional operations
 * that the store has, and no others. A stream that `get` gave may still fail in the service's own way when it is read.
 */
export function guardStore<Content>(
    store: Store<Content>,
    detail: ErrorDetail,
    enrich: Enrich = (error) => error,
): Store<Content> {
    const fail = async (error: unknown, item?: string): Promise<never> => {
        throw await enrich(toDataplaneError(error, item === undefined ? detail : { ...detail, item }));
    };
    const call = async <T>(item: string | undefined, work: () => Promise<T>): Promise<T> => {
        try {
            return await work();
        } catch (error) {
            return fail(error, item);
        }
    };
    const guarded: Store<Content> = {
        list: (options) =>
            new Paged(async function* () {
                try {
                    yield* pagesOf(store.list(options));
                } catch (error) {
                    await fail(error);
                }
            }),
        find: (name) => call(name, () => store.find(name)),
        get: (item) => call(item.name, () => store.get(item)),
        put: (item, content, options) => call(item.name, () => store.put(item, content, options)),
        remove: (name, options) => call(name, () => store.remove(name, options)),
        ...optionalOperations(store, call),
        ...batches(store, call, fail),
    };
    inner.set(guarded, unwrapStore(store));
    return guarded;
}

/** A refusal is about one item, whose error it is; a failure is about all of them. */
function batches<Content>(
    store: Store<Content>,
    call: Call,
    fail: (error: unknown, item?: string) => Promise<never>,
): Partial<Store<Content>> {
    const putMany = store.putMany?.bind(store);
    if (putMany === undefined) return {};
    return {
        putMany: async (writes: readonly BatchWrite<Content>[]) => {
            const answer = await call(undefined, () => putMany(writes));
            if ("written" in answer) return answer;
            const { refused, error } = answer;
            const item = writes[refused]?.item.name;
            return { refused, error: await fail(error, item).catch((made: unknown) => made) };
        },
    };
}

type Call = <T>(item: string | undefined, work: () => Promise<T>) => Promise<T>;

/** Only what the store has; bound to it, as a plugin's store is often a class. */
function optionalOperations<Content>(store: Store<Content>, call: Call): Partial<Store<Content>> {
    const putEmpty = store.putEmpty?.bind(store);
    const putProperties = store.putProperties?.bind(store);
    const copyFrom = store.copyFrom?.bind(store);
    const mark = store.mark?.bind(store);
    const equal = store.equal?.bind(store);
    const equalStreams = store.equalStreams?.bind(store);
    const foresee = store.foresee?.bind(store);
    const movesDataFrom = store.movesDataFrom?.bind(store);
    const checkRoom = store.checkRoom?.bind(store);
    const shortfall = store.shortfall?.bind(store);
    const differsSilently = store.differsSilently?.bind(store);
    const keepsContent = store.keepsContent?.bind(store);
    const continues = store.continues?.bind(store);
    return {
        ...(putEmpty && {
            putEmpty: (item: Item, options: PutOptions) => call(item.name, () => putEmpty(item, options)),
        }),
        ...(putProperties && {
            putProperties: (item: Item, options: PutOptions & { existing: Item }, source?: Store<Content>) =>
                call(item.name, () => putProperties(item, options, source && unwrapStore(source))),
        }),
        ...(copyFrom && {
            copyFrom: (source: Store<Content>, sourceItem: Item, item: Item, options: PutOptions) =>
                call(item.name, () => copyFrom(unwrapStore(source), sourceItem, item, options)),
        }),
        ...(mark && { mark: (item: Item, owner: string) => call(item.name, () => mark(item, owner)) }),
        ...(equal && { equal }),
        ...(equalStreams && {
            equalStreams: (a: Content, b: Content) => call(undefined, () => equalStreams(a, b)),
        }),
        ...(shortfall && { shortfall }),
        ...(differsSilently && { differsSilently }),
        ...(keepsContent && { keepsContent }),
        ...(continues && { continues }),
        ...(foresee && {
            foresee: (item: Item, source: Store<Content>, outlook: Outlook) =>
                call(item.name, () => foresee(item, unwrapStore(source), outlook)),
        }),
        ...(checkRoom && {
            checkRoom: (
                groups: Readonly<Record<string, { readonly bytes: number }>>,
                source: Store<Content>,
            ) => call(undefined, () => checkRoom(groups, unwrapStore(source))),
        }),
        ...(movesDataFrom && {
            movesDataFrom: (source: Store<Content>) =>
                call(undefined, () => movesDataFrom(unwrapStore(source))),
        }),
    };
}
