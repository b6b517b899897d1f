import type { Item, Outlook, PutOptions, Store } from "../../core/contract.js";
import { canonicalJson } from "../../core/json.js";
import { DataplaneError } from "../../core/errors.js";
import { statusOf } from "../../core/rest-error.js";
import { refuseCopy, restoreBackup } from "../backup.js";
import { boundaryBetween, type Boundary } from "../boundary.js";
import { mapOrdered } from "../map-ordered.js";
import { foldName } from "../names.js";
import type { SecretProperties } from "../sdk.js";
import { foreignTags, ownTagsIn } from "../tags.js";
import { alignVersions } from "./alignment.js";
import type { SecretContent, SecretVersion } from "./content.js";
import { findVersions } from "./current-version.js";
import {
    copiedOf,
    hasVersions,
    shortfallOf,
    toSecretItem,
    withLosses,
    type SecretItem,
} from "./history-item.js";
import { HistoryReader } from "./history-reader.js";
import { writeHistory } from "./history-writer.js";
import { propertiesOf } from "./item.js";
import { ownTags, required, SecretStore, type Look } from "./store.js";

/** So many secrets' versions are listed at once. */
const listingConcurrency = 8;

/** A secret with more versions gives no backup: https://learn.microsoft.com/azure/key-vault/general/backup#limitations */
const mostVersionsOfBackup = 500;

/** The secrets of a vault, each with all its versions. */
export class AllVersionsStore extends SecretStore {
    readonly #reader = new HistoryReader(this.client, this.context.signal);
    readonly #boundaries = new WeakMap<SecretStore, Promise<Boundary>>();
    /** Folded names of secrets that can't be restored, although nothing spoke against it. */
    readonly #unrestorable = new Set<string>();
    /** What was read of the target's items to compare them, for the write that may follow. */
    readonly #contents = new WeakMap<Item, SecretContent>();

    override async *list(): AsyncIterable<Item> {
        const { signal } = this.context;
        const find = (secret: SecretProperties): Promise<SecretProperties[]> =>
            findVersions(this.client, secret.name, signal, secret);
        for await (const versions of mapOrdered(this.listed(), listingConcurrency, find)) {
            if (versions.length > 0) yield this.#toItem(versions);
        }
    }

    override async get(item: Item): Promise<SecretContent> {
        const look = hasVersions(item) ? item : await this.#find(item.name);
        // The service's own "not there".
        if (look === undefined) return super.get(item);
        if (this.context.side === "source") return this.#reader.read(item.name, look.versions);
        const copied = new Set(copiedOf(look.versions));
        const content = await this.#reader.read(item.name, look.versions, (version) => copied.has(version));
        this.#contents.set(item, content);
        return content;
    }

    override async put(item: Item, content: SecretContent, options: PutOptions): Promise<Item> {
        const before = await this.mustBeAsListed(item.name, options.existing);
        const target = before === undefined ? [] : await this.#history(before.item, options.existing);
        const alignment = alignVersions(content.versions ?? [given(item, content)], target);
        const { name } = item;
        if (alignment.position !== "current") required(name, content.value);
        const tags = ownTags(options);
        const listed = before === undefined ? [] : versionsOf(before.item);
        const isGiven = content.versions === undefined;
        const answer = await writeHistory(this.writer, { name, listed, ownTags: tags, isGiven }, alignment);
        if (answer.recovered) return (await this.#find(name)) ?? toSecretItem(answer.versions);
        const written = toSecretItem(answer.versions);
        const current = written.versions.at(-1);
        const isRight = canonicalJson(propertiesOf(written)) === canonicalJson(propertiesOf(item));
        if (isRight || current === undefined) return written;
        const look = { current, item: written };
        return this.after(
            look,
            await this.writer.update(current, propertiesOf(item), { ...ownTagsIn(current.tags), ...tags }),
        );
    }

    /** Whether there is nothing left that could be written: a target that lacks older versions for good is equal. */
    override equal(a: SecretContent, b: SecretContent): boolean {
        if (a.versions === undefined || b.versions === undefined) return super.equal(a, b);
        const { append, updates } = alignVersions(a.versions, b.versions);
        return append.length === 0 && updates.length === 0;
    }

    continues(content: SecretContent, existing: SecretContent): boolean {
        if (content.versions === undefined || existing.versions === undefined) return false;
        return alignVersions(content.versions, existing.versions).continues;
    }

    shortfall(source: Item, target: Item): ReturnType<typeof shortfallOf> {
        return shortfallOf(source, target);
    }

    /** Where a backup can be restored, nothing is lost; elsewhere, what no client can write. */
    override async foresee(item: Item, source: Store<SecretContent>, outlook: Outlook): Promise<Item> {
        if (!hasVersions(item)) return super.foresee(item, source, outlook);
        if (!(await this.#canRestore(item, source, outlook))) {
            return { ...withLosses(item, outlook.existing), streamed: true };
        }
        const { lost: _lost, losses: _losses, ...whole } = item;
        return { ...whole, writes: 1 };
    }

    override async movesDataFrom(source: Store<SecretContent>): Promise<boolean> {
        return source instanceof SecretStore && (await this.#boundary(source)) === "same";
    }

    override async copyFrom(
        source: Store<SecretContent>,
        sourceItem: Item,
        item: Item,
        options: PutOptions,
    ): Promise<Item> {
        if (!(source instanceof SecretStore) || !hasVersions(sourceItem)) {
            return super.copyFrom(source, sourceItem, item, options);
        }
        const { signal } = this.context;
        const { name } = sourceItem;
        const landed = (): Promise<SecretItem | undefined> => this.#landed(sourceItem);
        const restored = await restoreBackup<SecretItem | undefined>({
            item: name,
            singular: "secret",
            signal,
            backup: () => source.client.backupSecret(name, { abortSignal: signal }),
            restore: async (backup) => {
                await this.#restore(name, backup);
                return this.#find(name);
            },
            landed,
            whenDeleted: () => Promise.reject(this.#deleted(name)),
            whenDenied: "refuse",
        });
        const current = restored?.versions.at(-1);
        if (restored === undefined || current === undefined) {
            throw new DataplaneError("Conflict", `the secret "${name}" is gone right after it was restored`, {
                item: name,
                side: "target",
            });
        }
        // The source may be a copy itself, with marks of ours.
        const tags = { ...foreignTags(current.tags), ...ownTags(options) };
        if (canonicalJson(tags) === canonicalJson({ ...current.tags })) return restored;
        return this.after({ current, item: restored }, await this.writer.updateTags(current, tags));
    }

    protected override async look(name: string): Promise<Look | undefined> {
        const versions = await findVersions(this.client, name, this.context.signal);
        const current = versions.at(-1);
        return current && { current, item: this.#toItem(versions) };
    }

    protected override after(before: Look, written: SecretProperties): Item {
        const others = versionsOf(before.item).filter(({ version }) => version !== written.version);
        return toSecretItem([...others, written]);
    }

    #toItem(versions: readonly SecretProperties[]): SecretItem {
        const item = toSecretItem(versions);
        return this.context.side === "source" ? withLosses(item, undefined) : item;
    }

    async #find(name: string): Promise<SecretItem | undefined> {
        const found = await this.find(name);
        return found !== undefined && hasVersions(found) ? found : undefined;
    }

    /** The target's history, read once where it was compared already. */
    async #history(item: Item, existing: Item | undefined): Promise<readonly SecretVersion[]> {
        const known = existing && this.#contents.get(existing);
        const { versions = [] } = known ?? (await this.get(item));
        return versions;
    }

    async #canRestore(item: SecretItem, source: Store<SecretContent>, outlook: Outlook): Promise<boolean> {
        const { name, existing, streamed } = outlook;
        if (streamed || existing !== undefined || !(source instanceof SecretStore)) return false;
        // A restore keeps the name.
        if (foldName(name) !== foldName(item.name) || this.#unrestorable.has(foldName(name))) return false;
        if (item.versions.length > mostVersionsOfBackup) return false;
        return (await this.#boundary(source)) !== "different";
    }

    async #boundary(source: SecretStore): Promise<Boundary> {
        let boundary = this.#boundaries.get(source);
        if (boundary === undefined) {
            boundary = boundaryBetween(source, this);
            this.#boundaries.set(source, boundary);
            boundary.catch(() => this.#boundaries.delete(source));
        }
        return boundary;
    }

    async #restore(name: string, backup: Uint8Array): Promise<void> {
        try {
            await this.client.restoreSecretBackup(backup, { abortSignal: this.context.signal });
        } catch (error) {
            if (statusOf(error) !== 403) throw error;
            throw refuseCopy(name, "the right to restore secrets is missing at the target", error);
        }
    }

    /** What is at the target, where it is the source's secret with the ids of its versions. */
    async #landed(source: SecretItem): Promise<SecretItem | undefined> {
        const found = await this.#find(source.name);
        const ids = new Set(found?.versions.map(({ version }) => version));
        return source.versions.every(({ version }) => ids.has(version)) ? found : undefined;
    }

    /** It is looked at once more, and then recovered and written version by version. */
    #deleted(name: string): DataplaneError {
        this.#unrestorable.add(foldName(name));
        return new DataplaneError(
            "Conflict",
            `a secret that was deleted at the target has the name "${name}"`,
            {
                item: name,
                side: "target",
                serviceCode: "ObjectIsDeletedButRecoverable",
                remedy: "Run again: it will be recovered and written over.",
            },
        );
    }
}

/** A value that the user gives is the only version. */
function given(item: Item, { value }: SecretContent): SecretVersion {
    return { id: "", created: 0, value, properties: propertiesOf(item) };
}

function versionsOf(item: Item): readonly SecretProperties[] {
    return hasVersions(item) ? item.versions : [];
}
