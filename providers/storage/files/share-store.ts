import type { Context, Item, Outlook, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { canonicalJson } from "../../core/json.js";
import { changedDuringRun, serviceCodeOf, unlessAbsent } from "../errors.js";
import { withOwn } from "../metadata.js";
import { toIdentifiers, type Policy } from "../policies.js";
import { openWire } from "../wire.js";
import { fileEndpoint, openShareService } from "./client.js";
import { explainShareListing } from "./errors.js";
import type { ShareItem, ShareServiceClient, SignedIdentifier } from "./sdk.js";
import { FileRequests } from "./requests.js";
import { readSharePolicies } from "./share-policies.js";
import { toShareItem, type ShareFacts, type ShareProperties } from "./share-item.js";
import { shareOptions } from "./options.js";

export async function openShareStore(resource: ResourceRef, context: Context): Promise<Store<null>> {
    const wire = await openWire(context);
    const requests = new FileRequests(fileEndpoint(resource, context.side), wire, context.signal);
    return new ShareStore(await openShareService(resource, context), requests, context);
}

interface Own {
    owner?: string | undefined;
    unfinished?: boolean;
}

class ShareStore implements Store<null> {
    readonly #carriesPolicies: boolean;

    constructor(
        private readonly service: ShareServiceClient,
        private readonly requests: FileRequests,
        private readonly context: Context,
    ) {
        const { policies = true } = shareOptions.parse(context.options);
        this.#carriesPolicies = context.mode === "replication" && policies;
    }

    async *list(): AsyncIterable<Item> {
        const { side, signal: abortSignal } = this.context;
        const includeSnapshots = side === "source";
        const listed = this.service.listShares({ abortSignal, includeMetadata: true, includeSnapshots });
        // The snapshots of a share come beside it; whether before or after it is not documented.
        let share: ShareItem | undefined;
        let name: string | undefined;
        let snapshots = 0;
        const entries = listed[Symbol.asyncIterator]();
        for (;;) {
            const step = await entries.next().catch((error: unknown) => {
                throw explainShareListing(error);
            });
            if (step.done === true) break;
            const entry = step.value;
            if (entry.name !== name && share !== undefined) {
                yield await this.#listed(share, snapshots);
                share = undefined;
            }
            if (entry.name !== name) snapshots = 0;
            ({ name } = entry);
            if (entry.snapshot === undefined) share = entry;
            else snapshots += 1;
        }
        if (share !== undefined) yield await this.#listed(share, snapshots);
    }

    async #listed({ name, metadata, properties }: ShareItem, snapshots: number): Promise<Item> {
        return toShareItem({
            name,
            etag: properties.etag,
            modified: properties.lastModified,
            metadata,
            quota: properties.quota,
            accessTier: properties.accessTier,
            isNfs: properties.protocols?.nfsEnabled === true,
            snapshots,
            policies: await this.#readPolicies(name),
        });
    }

    async find(name: string): Promise<Item | undefined> {
        const share = this.service.getShareClient(name);
        const found = await unlessAbsent(
            share.getProperties({ abortSignal: this.context.signal }),
            "ShareNotFound",
        );
        if (found === undefined) return undefined;
        const facts: ShareFacts = {
            name,
            etag: found.etag,
            modified: found.lastModified,
            metadata: found.metadata,
            quota: found.quota,
            accessTier: found.accessTier,
            isNfs: found.protocols?.nfsEnabled === true,
            snapshots: undefined,
            policies: await this.#readPolicies(name),
        };
        return toShareItem(facts);
    }

    /** A premium account's share has no tier to carry: the target's stays as it is. */
    foresee(item: Item, _source: Store<null>, { existing }: Outlook): Promise<Item> {
        const properties = item.properties as ShareProperties;
        const accessTier =
            properties.accessTier ?? (existing?.properties as ShareProperties | undefined)?.accessTier;
        return Promise.resolve(
            accessTier === undefined ? item : { ...item, properties: { ...properties, accessTier } },
        );
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
        return this.put(item, null, options);
    }

    /** Shares know no conditions on their ETag, so the look right before it is as near as one can get. */
    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        await this.#mustBe(item.name, options.existing);
        const { quota, accessTier, policies } = item.properties as ShareProperties;
        const found = options.existing.properties as ShareProperties;
        const { signal: abortSignal } = this.context;
        const share = this.service.getShareClient(item.name);
        const setsSettings = quota !== found.quota || accessTier !== found.accessTier;
        const setsPolicies =
            this.#carriesPolicies && canonicalJson(policies ?? []) !== canonicalJson(found.policies ?? []);
        if (setsSettings || setsPolicies) await this.#setMetadata(item, { ...options, unfinished: true });
        if (setsSettings) {
            await share.setProperties({
                abortSignal,
                quotaInGB: quota,
                ...(accessTier === undefined ? {} : { accessTier: accessTier as "Hot" }),
            });
        }
        if (setsPolicies) await this.#setPolicies(item);
        await this.#setMetadata(item, options);
        return this.#written(item);
    }

    async mark(item: Item, owner: string): Promise<Item> {
        await this.#mustBe(item.name, item);
        await this.#setMetadata(item, { owner });
        return this.#written(item);
    }

    /** Only an empty share is removed: whatever is in it was not put there by its replica. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const found = await this.find(name);
        if (found === undefined) return;
        if (options.expected !== undefined && found.version !== options.expected.version) {
            throw changedDuringRun("share", name);
        }
        const { signal: abortSignal } = this.context;
        const share = this.service.getShareClient(name);
        const page = await share.rootDirectoryClient
            .listFilesAndDirectories({ abortSignal })
            .byPage({ maxPageSize: 1 })
            .next();
        const { fileItems, directoryItems } =
            page.done === true ? { fileItems: [], directoryItems: [] } : page.value.segment;
        if (fileItems.length + directoryItems.length > 0) throw notEmpty(name, "is not empty", "its files");
        try {
            await unlessAbsent(share.delete({ abortSignal }), "ShareNotFound");
        } catch (error) {
            if (serviceCodeOf(error) === "ShareHasSnapshots") throw notEmpty(name, "has snapshots", "them");
            throw error;
        }
    }

    async #create(item: Item, options: PutOptions): Promise<Item> {
        const { metadata, quota, accessTier, policies = [] } = item.properties as ShareProperties;
        const unfinished = this.#carriesPolicies && policies.length > 0;
        try {
            await this.service.getShareClient(item.name).create({
                metadata: withOwn(metadata, { owner: options.owner, unfinished }),
                quota,
                ...(accessTier === undefined ? {} : { accessTier: accessTier as "Hot" }),
                abortSignal: this.context.signal,
            });
        } catch (error) {
            if (serviceCodeOf(error) === "ShareBeingDeleted") throw beingDeleted(item.name);
            if (serviceCodeOf(error) !== "ShareAlreadyExists") throw error;
            await this.#mustBeOurs(item, options, unfinished);
        }
        if (unfinished) {
            await this.#setPolicies(item);
            await this.#setMetadata(item, options);
        }
        return this.#written(item);
    }

    /** It exists all the same where an answer was lost on the way and the request was sent again: then it is as sent. */
    async #mustBeOurs(item: Item, options: PutOptions, unfinished: boolean): Promise<void> {
        const found = await this.find(item.name);
        const of = ({ policies: _, ...others }: ShareProperties): string => canonicalJson(others);
        const isOurs =
            found !== undefined &&
            found.owner === options.owner &&
            (found.placeholder === true) === unfinished &&
            of(found.properties as ShareProperties) === of(item.properties as ShareProperties);
        if (!isOurs) throw changedDuringRun("share", item.name);
    }

    async #setPolicies(item: Item): Promise<void> {
        const { policies = [] } = item.properties as ShareProperties;
        await this.service
            .getShareClient(item.name)
            .setAccessPolicy(toIdentifiers(policies) as SignedIdentifier[], {
                abortSignal: this.context.signal,
            });
    }

    async #setMetadata(item: Item, own: Own): Promise<void> {
        const { metadata } = item.properties as ShareProperties;
        await this.service
            .getShareClient(item.name)
            .setMetadata(withOwn(metadata, own), { abortSignal: this.context.signal });
    }

    async #written({ name }: Item): Promise<Item> {
        const found = await this.find(name);
        if (found === undefined) throw changedDuringRun("share", name);
        return found;
    }

    async #mustBe(name: string, expected: Item): Promise<void> {
        const found = await this.find(name);
        if (found?.version !== expected.version) throw changedDuringRun("share", name);
    }

    #readPolicies(name: string): Promise<Policy[] | undefined> {
        return this.#carriesPolicies ? readSharePolicies(this.requests, name) : Promise.resolve(undefined);
    }
}

function notEmpty(name: string, why: string, what: string): DataplaneError {
    return new DataplaneError("Conflict", `the share "${name}" ${why}`, {
        item: name,
        side: "target",
        remedy: `Remove ${what} first, or keep it.`,
    });
}

/** https://learn.microsoft.com/rest/api/storageservices/delete-share#remarks: for at least 30 seconds. */
function beingDeleted(name: string): DataplaneError {
    return new DataplaneError("InvalidItem", `the share "${name}" was deleted at the target a moment ago`, {
        item: name,
        side: "target",
        remedy: "Run again in a minute: the service gives its name free then.",
    });
}
