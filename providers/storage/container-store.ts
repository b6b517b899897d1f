import type { Context, Item, Loss, Outlook, PutOptions, ResourceRef, Store } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { canonicalJson } from "../core/json.js";
import { openBlobService } from "./client.js";
import {
    policyRole,
    toContainerItem,
    type ContainerFacts,
    type ContainerProperties,
} from "./container-item.js";
import { statusOf } from "../core/rest-error.js";
import { withoutDeclared } from "./declared-losses.js";
import { changedDuringRun, isConditionFailure, unlessAbsent } from "./errors.js";
import { withOwn } from "./metadata.js";
import { isSystemContainer } from "./names.js";
import { toIdentifiers, unwritablePolicies } from "./policies.js";
import { containerOptions } from "./options.js";
import type { BlobServiceClient, ContainerItem, PublicAccessType } from "./sdk.js";

/** How many containers' policies are read at once. */
const policyReads = 8;

export async function openContainerStore(resource: ResourceRef, context: Context): Promise<Store<null>> {
    return new ContainerStore(await openBlobService(resource, context), context);
}

class ContainerStore implements Store<null> {
    readonly #carriesPublicAccess: boolean;
    readonly #policies: boolean | undefined;

    constructor(
        private readonly service: BlobServiceClient,
        private readonly context: Context,
    ) {
        const options = containerOptions.parse(context.options);
        this.#carriesPublicAccess = options.publicAccess === true;
        this.#policies = context.mode === "template" ? false : options.policies;
    }

    async *list(): AsyncIterable<Item> {
        const pages = this.service
            .listContainers({ includeMetadata: true, abortSignal: this.context.signal })
            .byPage();
        for await (const page of pages) {
            const ours = page.containerItems.filter((container) => !isSystemContainer(container.name));
            for (let start = 0; start < ours.length; start += policyReads) {
                const some = ours.slice(start, start + policyReads);
                yield* await Promise.all(some.map((container) => this.#listed(container)));
            }
        }
    }

    async find(name: string): Promise<Item | undefined> {
        const facts = await this.#facts(name);
        return facts === undefined ? undefined : toContainerItem(facts, this.#carriesPublicAccess);
    }

    foresee(item: Item, _source: Store<null>, outlook: Outlook): Promise<Item> {
        return Promise.resolve(withoutDeclared(item, outlook));
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

    /** Set Container Metadata knows no If-Match, so the look right before it is as near as one can get. */
    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const facts = await this.#mustBe(item.name, options.existing);
        const found = options.existing.properties as ContainerProperties;
        if (!this.#accessChanges(item, found)) {
            await this.#setMetadata(item, options);
            return this.#written(item, []);
        }
        await this.#setMetadata(item, { ...options, unfinished: true });
        return this.#finish(item, options, { ...facts, properties: found });
    }

    async mark(item: Item, owner: string): Promise<Item> {
        await this.#mustBe(item.name, item);
        await this.#setMetadata(item, { owner });
        return this.#written(item, []);
    }

    /** Only an empty container is removed: whatever is in it was not put there by its replica. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const found = await this.find(name);
        if (found === undefined) return;
        if (options.expected !== undefined && found.version !== options.expected.version) {
            throw changedDuringRun("container", name);
        }
        const container = this.service.getContainerClient(name);
        const page = await container
            .listBlobsFlat({ abortSignal: this.context.signal, includeUncommitedBlobs: true })
            .byPage({ maxPageSize: 1 })
            .next();
        if (page.done !== true && page.value.segment.blobItems.length > 0) {
            throw new DataplaneError("Conflict", `the container "${name}" is not empty`, {
                item: name,
                side: "target",
                remedy: "Remove its blobs first, or keep it.",
            });
        }
        await unlessAbsent(container.delete({ abortSignal: this.context.signal }), "ContainerNotFound");
    }

    async #create(item: Item, options: PutOptions): Promise<Item> {
        const { metadata } = item.properties as ContainerProperties;
        const setsAccess = this.#accessChanges(item, { metadata: {} });
        try {
            await this.service.getContainerClient(item.name).create({
                metadata: withOwn(metadata, { owner: options.owner, unfinished: setsAccess }),
                abortSignal: this.context.signal,
            });
        } catch (error) {
            if (!isConditionFailure(error)) throw error;
            await this.#mustBeOurs(item, options, setsAccess);
        }
        if (!setsAccess) return this.#written(item, []);
        return this.#finish(item, options, { publicAccess: undefined, properties: { metadata: {} } });
    }

    /** It exists all the same where an answer was lost on the way and the request was sent again: then it is as sent. */
    async #mustBeOurs(item: Item, options: PutOptions, unfinished: boolean): Promise<void> {
        const found = await this.find(item.name);
        const isOurs =
            found?.owner === options.owner &&
            (found?.placeholder === true) === unfinished &&
            canonicalJson(found?.properties.metadata ?? {}) === canonicalJson(item.properties.metadata ?? {});
        if (!isOurs) throw changedDuringRun("container", item.name);
    }

    /** What comes after the mark that the container is unfinished: the access, then the metadata without that mark. */
    async #finish(
        item: Item,
        options: PutOptions,
        current: { publicAccess: PublicAccessType | undefined; properties: ContainerProperties },
    ): Promise<Item> {
        const losses = await this.#setAccess(item, current);
        await this.#setMetadata(item, options);
        return this.#written(item, losses);
    }

    #accessChanges(item: Item, found: ContainerProperties): boolean {
        const wanted = item.properties as ContainerProperties;
        const policiesChange =
            this.#carriesPolicies(item) &&
            canonicalJson(wanted.policies ?? []) !== canonicalJson(found.policies ?? []);
        return policiesChange || (wanted.publicAccess ?? "none") !== (found.publicAccess ?? "none");
    }

    /** Policies that the source does not show must not take away what the target has. */
    #carriesPolicies(item: Item): boolean {
        return this.#policies !== false && item.losses?.some((loss) => loss.what === "policies") !== true;
    }

    /** One request sets policies and public access: the one that is not to be changed is given as it is. */
    async #setAccess(
        item: Item,
        current: { publicAccess: PublicAccessType | undefined; properties: ContainerProperties },
    ): Promise<Loss[]> {
        const wanted = item.properties as ContainerProperties;
        const access = this.#carriesPublicAccess ? wanted.publicAccess : current.publicAccess;
        const policies = this.#carriesPolicies(item) ? wanted.policies : current.properties.policies;
        try {
            await this.service
                .getContainerClient(item.name)
                .setAccessPolicy(access === "none" ? undefined : access, toIdentifiers(policies ?? []), {
                    abortSignal: this.context.signal,
                });
            return [];
        } catch (error) {
            const mayBeLost =
                statusOf(error) === 403 && this.#policies !== true && !this.#carriesPublicAccess;
            if (mayBeLost) return [unwritablePolicies(item.name, policyRole)];
            throw error;
        }
    }

    async #setMetadata(item: Item, own: { owner?: string | undefined; unfinished?: boolean }): Promise<void> {
        const { metadata } = item.properties as ContainerProperties;
        await this.service
            .getContainerClient(item.name)
            .setMetadata(withOwn(metadata, own), { abortSignal: this.context.signal });
    }

    async #written(item: Item, losses: Loss[]): Promise<Item> {
        const found = await this.find(item.name);
        if (found === undefined) throw changedDuringRun("container", item.name);
        return losses.length === 0 ? found : { ...found, losses };
    }

    async #mustBe(name: string, expected: Item): Promise<ContainerFacts> {
        const facts = await this.#facts(name);
        const version = facts && toContainerItem(facts, this.#carriesPublicAccess).version;
        if (facts === undefined || version !== expected.version) throw changedDuringRun("container", name);
        return facts;
    }

    async #facts(name: string): Promise<ContainerFacts | undefined> {
        const properties = await unlessAbsent(
            this.service.getContainerClient(name).getProperties({ abortSignal: this.context.signal }),
            "ContainerNotFound",
        );
        if (properties === undefined) return undefined;
        return {
            name,
            etag: properties.etag,
            modified: properties.lastModified,
            metadata: properties.metadata,
            publicAccess: properties.blobPublicAccess,
            policies: await this.#readPolicies(name),
            hasImmutabilityPolicy: properties.hasImmutabilityPolicy,
            hasLegalHold: properties.hasLegalHold,
            defaultEncryptionScope: properties.defaultEncryptionScope,
        };
    }

    async #listed(container: ContainerItem): Promise<Item> {
        const facts: ContainerFacts = {
            name: container.name,
            etag: container.properties.etag,
            modified: container.properties.lastModified,
            metadata: container.metadata,
            publicAccess: container.properties.publicAccess,
            policies: await this.#readPolicies(container.name),
            hasImmutabilityPolicy: container.properties.hasImmutabilityPolicy,
            hasLegalHold: container.properties.hasLegalHold,
            defaultEncryptionScope: container.properties.defaultEncryptionScope,
        };
        return toContainerItem(facts, this.#carriesPublicAccess);
    }

    async #readPolicies(name: string): Promise<ContainerFacts["policies"]> {
        if (this.#policies === false) return undefined;
        try {
            const answer = await this.service
                .getContainerClient(name)
                .getAccessPolicy({ abortSignal: this.context.signal });
            return answer.signedIdentifiers;
        } catch (error) {
            if (statusOf(error) === 403 && this.#policies === undefined) return "denied";
            throw error;
        }
    }
}
