import type {
    Context,
    Item,
    ListOptions,
    Loss,
    Outlook,
    PutOptions,
    ResourceRef,
    Store,
} from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { canonicalJson } from "../../core/json.js";
import { statusOf } from "../../core/rest-error.js";
import { openBlobService } from "../client.js";
import { changedDuringRun, isConditionFailure, serviceCodeOf, unlessAbsent } from "../errors.js";
import { unfinishedKey, withOwn } from "../metadata.js";
import { splitName } from "../names.js";
import { directoryOptions } from "../options.js";
import type { BlobServiceClient, BlockBlobClient } from "../sdk.js";
import { accessIn, pathFacts, sameAccess, withAccess, type AccessControl } from "./access-control.js";
import { Tenancy } from "./access-outlook.js";
import { accessShortfall, AccessWriter } from "./access-writer.js";
import {
    flatLoss,
    isRoot,
    isUntouched,
    parentsOf,
    toDirectoryItem,
    type DirectoryProperties,
} from "./directory-item.js";
import { findRoot, listDirectories } from "./directory-listing.js";
import { openLake, type Lake } from "./lake.js";
import { treeName } from "./tree-limits.js";

export async function openDirectoryStore(resource: ResourceRef, context: Context): Promise<Store<null>> {
    const service = await openBlobService(resource, context);
    return new DirectoryStore(service, await openLake(resource, context), context);
}

class DirectoryStore implements Store<null> {
    readonly #tenancy: Tenancy;
    readonly #writer: AccessWriter | undefined;
    readonly #carriesAccess: boolean;
    /** Directories that are known to be there, so that nothing is made on the way. */
    readonly #made = new Set<string>();
    readonly #removals = new Map<string, Promise<void>>();

    constructor(
        private readonly service: BlobServiceClient,
        private readonly lake: Lake | undefined,
        private readonly context: Context,
    ) {
        const { accessControl, principals } = directoryOptions.parse(context.options);
        this.#carriesAccess = context.mode === "replication" && accessControl !== false;
        this.#tenancy = new Tenancy(context, principals);
        this.#writer = lake && new AccessWriter(lake, accessControl === true);
    }

    /** An account without a hierarchical namespace has no directories. */
    async *list(options: ListOptions = {}): AsyncIterable<Item> {
        const { context, service, lake } = this;
        if (lake === undefined) return;
        const access = this.#carriesAccess;
        yield* listDirectories({ ...context, service, lake, access, groups: options.groups });
    }

    async find(name: string): Promise<Item | undefined> {
        if (this.lake === undefined) return undefined;
        if (isRoot(name))
            return findRoot({ lake: this.lake, access: this.#carriesAccess }, splitName(name).container);
        const facts = await unlessAbsent(
            this.#client(name).getProperties({ abortSignal: this.context.signal }),
            "BlobNotFound",
            "ContainerNotFound",
        );
        if (facts === undefined) return undefined;
        const { isDirectory, access } = pathFacts(facts, this.#carriesAccess);
        return isDirectory ? toDirectoryItem(name, { ...facts, ...access }, this.#carriesAccess) : undefined;
    }

    foresee(item: Item, source: Store<null>, outlook: Outlook): Promise<Item> {
        if (!(source instanceof DirectoryStore)) return Promise.resolve(item);
        if (this.lake === undefined) return Promise.resolve({ ...item, lost: flatLoss(item.name) });
        const named = isRoot(item.name) ? item : treeName(item, outlook.name);
        return this.#tenancy.foresee(named, source.#tenancy, outlook, { hasAccess: true });
    }

    get(): Promise<null> {
        return Promise.resolve(null);
    }

    equal(): boolean {
        return true;
    }

    put(item: Item, _content: null, options: PutOptions): Promise<Item> {
        return options.existing === undefined
            ? this.#create(item, options)
            : this.putProperties(item, { ...options, existing: options.existing });
    }

    putEmpty(item: Item, options: PutOptions): Promise<Item> {
        return this.put(withAccess(item, undefined), null, options);
    }

    /**
     * Access control by itself is one request. Where metadata change as well, the first request marks the directory as
     * unfinished, and the last takes the mark away.
     */
    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const { existing, owner } = options;
        const [access, { metadata }] = [accessIn(item), item.properties as DirectoryProperties];
        const setsAccess = access !== undefined && !sameAccess(access, accessIn(existing));
        const found = existing.properties as DirectoryProperties;
        const setsMetadata =
            !isRoot(item.name) &&
            (existing.placeholder === true ||
                existing.owner !== owner ||
                canonicalJson(metadata) !== canonicalJson(found.metadata));
        const state = { etag: etagOf(existing) };
        const mark = async (unfinished: boolean): Promise<void> => {
            state.etag = await this.#setMetadata(
                item.name,
                withOwn(metadata, { owner, unfinished }),
                state.etag,
            );
        };
        if (setsAccess && setsMetadata && existing.placeholder !== true) await mark(true);
        if (setsAccess) {
            await this.#unlessChanged(item.name, () => this.#writer?.set(item.name, access, state.etag));
        }
        if (setsMetadata) await mark(false);
        const written = await this.#written(item.name);
        const wroteNothing = !setsAccess && !setsMetadata;
        if (wroteNothing && written.version !== existing.version)
            throw changedDuringRun("directory", item.name);
        return written;
    }

    async mark(item: Item, owner: string): Promise<Item> {
        if (isRoot(item.name)) return item;
        const { metadata } = item.properties as DirectoryProperties;
        await this.#setMetadata(item.name, withOwn(metadata, { owner }), etagOf(item));
        return this.#written(item.name);
    }

    /** Only an empty directory is removed. A root goes with its container. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        if (isRoot(name)) throw kept(name, "is the root directory, which goes with its container");
        const removal = this.#remove(name, options);
        this.#removals.set(name, removal);
        try {
            await removal;
        } finally {
            this.#removals.delete(name);
        }
    }

    shortfall(source: Item, target: Item): readonly Loss[] {
        return this.#carriesAccess ? accessShortfall(source, target) : [];
    }

    differsSilently(source: Item, target: Item): boolean {
        const alike = canonicalJson(source.properties) === canonicalJson(target.properties);
        if (alike) return false;
        const [a, b] = [source, target].map((item) => withAccess(item, undefined).properties);
        return this.#writer?.mayBeSet === true || canonicalJson(a ?? {}) !== canonicalJson(b ?? {});
    }

    async #remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        // Those below were begun before.
        const below = [...this.#removals].filter(([other]) => other.startsWith(`${name}/`));
        await Promise.allSettled(below.map(([, removal]) => removal));
        const found = expected === undefined ? undefined : await this.find(name);
        if (expected !== undefined && found === undefined) return;
        if (found?.version !== expected?.version) throw changedDuringRun("directory", name);
        try {
            const removal = this.#lake.removeDirectory(name, found && etagOf(found));
            await unlessAbsent(removal, "PathNotFound", "FilesystemNotFound");
        } catch (error) {
            if (isConditionFailure(error)) throw changedDuringRun("directory", name);
            if (serviceCodeOf(error) === "DirectoryNotEmpty") throw kept(name, "is not empty");
            throw error;
        }
    }

    async #create(item: Item, { owner }: PutOptions): Promise<Item> {
        const { name } = item;
        if (isRoot(name)) return this.#touchRoot(item);
        for (const parent of parentsOf(name)) await this.#ensure(parent);
        const { metadata } = item.properties as DirectoryProperties;
        const own = withOwn(metadata, { owner });
        const access = accessIn(item);
        const create = (control: AccessControl | undefined): Promise<void> =>
            this.#lake.createDirectory(name, own, control);
        try {
            const isSet =
                access !== undefined && (await this.#writer?.unlessDenied(() => create(access))) === true;
            if (!isSet) await create(undefined);
        } catch (error) {
            if (!isThere(error)) throw error;
            return this.#takeOver(item, owner);
        }
        this.#made.add(name);
        return this.#written(name);
    }

    /** A root directory is there as soon as its container is; it is no item before somebody sets anything of it. */
    async #touchRoot(item: Item): Promise<Item> {
        const root = await unlessAbsent(this.#lake.root(item.name), "FilesystemNotFound", "PathNotFound");
        if (root === undefined) {
            throw new DataplaneError("InvalidItem", `there is no container "${item.name}" at the target`, {
                item: item.name,
                side: "target",
                remedy: "Copy containers first.",
            });
        }
        const access = accessIn(item);
        if (access === undefined) return item;
        const isOurs =
            root.access !== undefined && (isUntouched(root.access) || root.access.acl === access.acl);
        if (!isOurs) throw changedDuringRun("directory", item.name);
        await this.#writer?.set(item.name, access, undefined);
        // It is still no item where it may not be set.
        return (await this.find(item.name)) ?? { ...item, properties: { metadata: {} } };
    }

    /** It was made on the way to another one, or by a request whose answer was lost. */
    async #takeOver(item: Item, owner: string | undefined): Promise<Item> {
        const found = await this.find(item.name);
        if (found?.placeholder === true) return this.putProperties(item, { existing: found, owner });
        const { metadata } = item.properties as DirectoryProperties;
        const isDone =
            found?.owner === owner &&
            canonicalJson(found?.properties.metadata ?? {}) === canonicalJson(metadata) &&
            (accessIn(item) === undefined || accessIn(found)?.acl === accessIn(item)?.acl);
        if (found === undefined || !isDone) throw changedDuringRun("directory", item.name);
        return found;
    }

    /** Makes a directory that is to be written later, and says so on it. */
    async #ensure(name: string): Promise<void> {
        if (this.#made.has(name)) return;
        try {
            await this.#lake.createDirectory(name, { [unfinishedKey]: "true" }, undefined);
        } catch (error) {
            if (!isThere(error)) throw error;
        }
        this.#made.add(name);
    }

    async #setMetadata(
        name: string,
        metadata: Record<string, string>,
        ifMatch: string | undefined,
    ): Promise<string | undefined> {
        let etag: string | undefined;
        await this.#unlessChanged(name, async () => {
            const answer = await this.#client(name).setMetadata(metadata, {
                ...(ifMatch === undefined ? {} : { conditions: { ifMatch } }),
                abortSignal: this.context.signal,
            });
            etag = answer.etag;
        });
        return etag;
    }

    async #unlessChanged(name: string, change: () => Promise<void> | undefined): Promise<void> {
        try {
            await change();
        } catch (error) {
            if (isConditionFailure(error)) throw changedDuringRun("directory", name);
            throw error;
        }
    }

    async #written(name: string): Promise<Item> {
        const found = await this.find(name);
        if (found === undefined) throw changedDuringRun("directory", name);
        return found;
    }

    get #lake(): Lake {
        if (this.lake !== undefined) return this.lake;
        throw new DataplaneError(
            "Unexpected",
            "an account without a hierarchical namespace has no directories",
        );
    }

    #client(name: string): BlockBlobClient {
        const { container, blob } = splitName(name);
        return this.service.getContainerClient(container).getBlockBlobClient(blob);
    }
}

function etagOf({ name, version }: Item): string | undefined {
    return isRoot(name) ? undefined : `"${version.split(" ")[0] ?? ""}"`;
}

function isThere(error: unknown): boolean {
    return statusOf(error) === 409 && serviceCodeOf(error) === "PathAlreadyExists";
}

function kept(name: string, why: string): DataplaneError {
    return new DataplaneError("Conflict", `the directory "${name}" ${why}`, {
        item: name,
        side: "target",
        remedy: "Remove what is in it first, or keep it.",
    });
}
