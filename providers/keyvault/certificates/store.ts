import type { CertificateClient, SecretClient } from "../sdk.js";
import type { Context, Item, Loss, Outlook, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { toDataplaneError } from "../../core/http-errors.js";
import { clientOptions } from "../../core/http/client.js";
import { refuseCopy } from "../backup.js";
import { boundaryBetween, type Boundary } from "../boundary.js";
import { isCertificateNotFound } from "../errors.js";
import { foldName } from "../names.js";
import { ownerTag, placeholderTag } from "../tags.js";
import { vaultUrl } from "../vault-url.js";
import { thumbprints, type CertificateContent } from "./content.js";
import { moveByBackup } from "./backup-passage.js";
import { isBeginning } from "./history.js";
import { currentOf, isRecreated, recreatedDigest, type CertificateItem } from "./item.js";
import { isSelfIssued, renewalNote, replicationLoss, shortfallOf, templateLoss } from "./losses.js";
import { MaterialReader } from "./material-reader.js";
import { optionsOf, type CertificateOptions } from "./options.js";
import { CertificateReader } from "./reader.js";
import { Replacement } from "./replacement.js";
import { CertificateWriter } from "./writer.js";
import { load } from "../../core/load.js";

/** Opens the certificates of a vault. Throws `InvalidArgument` where the resource has no vault URL. */
export async function openCertificateStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<CertificateContent>> {
    const url = vaultUrl(resource, context.side);
    const [{ CertificateClient: Certificates }, { SecretClient: Secrets }] = await Promise.all([
        load<typeof import("@azure/keyvault-certificates")>("@azure/keyvault-certificates"),
        load<typeof import("@azure/keyvault-secrets")>("@azure/keyvault-secrets"),
    ]);
    const { credential } = context;
    return new CertificateStore(
        resource,
        context,
        new Certificates(url, credential, clientOptions(context)),
        new Secrets(url, credential, clientOptions(context)),
    );
}

class CertificateStore implements Store<CertificateContent> {
    readonly #options: CertificateOptions;
    readonly #reader: CertificateReader;
    readonly #writer: CertificateWriter;
    readonly #material: MaterialReader;
    #boundary: Promise<Boundary> | undefined;

    constructor(
        private readonly resource: ResourceRef,
        private readonly context: Context,
        private readonly client: CertificateClient,
        secrets: SecretClient,
    ) {
        const { signal } = context;
        this.#options = optionsOf(context);
        this.#reader = new CertificateReader(client, signal, this.#options.versions === "all");
        this.#writer = new CertificateWriter(client, this.#reader, signal);
        this.#material = new MaterialReader(secrets, signal);
    }

    async *list(): AsyncIterable<Item> {
        for await (const item of this.#reader.list()) yield await this.#judged(item);
    }

    async find(name: string): Promise<Item | undefined> {
        const item = await this.#reader.read(name);
        return item === undefined ? undefined : this.#judged(item);
    }

    /** At the target without private keys: thumbprints tell whether contents are the same. */
    async get(item: Item): Promise<CertificateContent> {
        const found = required(item.name, await this.#reader.read(item.name), this.context);
        if (this.context.side === "target") return { versions: found.history };
        return this.#material.read(found, isRecreated(item));
    }

    /**
     * A certificate that is there already stays if the service can bring it, or if it is the very same; one whose key
     * stays behind can be made anew.
     */
    async foresee(item: Item, source: Store<CertificateContent>, outlook: Outlook): Promise<Item> {
        const certificate = item as CertificateItem;
        if (this.context.mode === "template" || certificate.pending) return item;
        const { lost, ...carried } = certificate;
        const { name, existing, streamed } = outlook;
        if (
            existing?.digest !== undefined &&
            existing.digest === item.digest &&
            existing.placeholder !== true
        ) {
            return { ...carried, streamed: true };
        }
        const needsBackup = lost !== undefined || this.#options.versions === "all";
        // A restore keeps the name, and overwrites nothing.
        const isFree = existing === undefined && foldName(name) === foldName(item.name);
        if (needsBackup && isFree && !streamed && (await this.#mayBeNear(source))) return carried;
        if (lost !== undefined && this.#canRecreate(certificate)) {
            return { ...carried, digest: recreatedDigest(currentOf(certificate)?.id ?? ""), streamed: true };
        }
        return { ...item, streamed: true };
    }

    async movesDataFrom(source: Store<CertificateContent>): Promise<boolean> {
        return this.#options.versions === "all" && (await this.#mayBeNear(source));
    }

    async put(item: Item, content: CertificateContent, options: PutOptions): Promise<Item> {
        const existing = await this.#mustBeAsListed(item.name, options.existing);
        const replacement = new Replacement(
            this.#reader,
            this.#writer,
            item as CertificateItem,
            ownTags(options),
        );
        await replacement.write(content, existing);
        return this.#written(item.name);
    }

    async copyFrom(
        source: Store<CertificateContent>,
        sourceItem: Item,
        item: Item,
        options: PutOptions,
    ): Promise<Item> {
        await this.#mustBeAsListed(item.name, options.existing);
        if (!(source instanceof CertificateStore)) throw refuseCopy(item.name, "the source is no vault");
        const certificate = sourceItem as CertificateItem;
        const importInstead = async (): Promise<void> => {
            await this.put(item, await source.#readForTarget(certificate), options);
        };
        await moveByBackup({
            from: source.client,
            to: this.client,
            reader: this.#reader,
            writer: this.#writer,
            signal: this.context.signal,
            sourceItem: certificate,
            ownTags: ownTags(options),
            importInstead: replicationLoss(certificate, Date.now()) === undefined ? importInstead : undefined,
        });
        return this.#written(item.name);
    }

    async putEmpty(item: Item, options: PutOptions): Promise<Item> {
        await this.#mustBeAsListed(item.name, options.existing);
        const { properties } = item as CertificateItem;
        const tags = { ...properties.tags, ...ownTags(options), [placeholderTag]: "true" };
        await this.#writer.overDeleted(item.name, () => this.#writer.create(item.name, properties, tags));
        return this.#written(item.name);
    }

    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const existing = await this.#mustBeAsListed(item.name, options.existing);
        const replacement = new Replacement(
            this.#reader,
            this.#writer,
            item as CertificateItem,
            ownTags(options),
        );
        await replacement.finish(required(item.name, existing, this.context));
        return this.#written(item.name);
    }

    async mark(item: Item, owner: string): Promise<Item> {
        const found = required(item.name, await this.#mustBeAsListed(item.name, item), this.context);
        const current = currentOf(found);
        await this.#writer.update(item.name, current?.id ?? "", { ...current?.tags, [ownerTag]: owner });
        return this.#written(item.name);
    }

    /** Soft-deletes it: it can be recovered while the vault's retention lasts. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const found = await this.#reader.read(name);
        if (found === undefined) return;
        if (options.expected !== undefined) this.#mustEqual(name, found, options.expected);
        try {
            await this.client.beginDeleteCertificate(name, { abortSignal: this.context.signal });
        } catch (error) {
            if (!isCertificateNotFound(error)) throw error;
        }
    }

    equal(a: CertificateContent, b: CertificateContent): boolean {
        return thumbprints(a).at(-1) === thumbprints(b).at(-1);
    }

    continues(content: CertificateContent, existing: CertificateContent): boolean {
        return isBeginning(thumbprints(content), thumbprints(existing));
    }

    shortfall(source: Item, target: Item): readonly Loss[] {
        if (this.context.mode === "template") return [];
        return shortfallOf(source as CertificateItem, target as CertificateItem, Date.now());
    }

    /** What `get` gives, where the other side asks: a failure is this side's. */
    async #readForTarget(item: CertificateItem): Promise<CertificateContent> {
        try {
            return await this.get(item);
        } catch (error) {
            throw toDataplaneError(error, { side: this.context.side, item: item.name });
        }
    }

    /** What can't be carried of a certificate of the source. */
    async #judged(item: CertificateItem): Promise<CertificateItem> {
        const { side, mode } = this.context;
        if (side === "target") return item;
        const lost = mode === "template" ? templateLoss(item) : replicationLoss(item, Date.now());
        const isRenewed =
            mode === "replication" && !item.pending && (await this.#reader.isPending(item.name));
        const writes = Math.max(1, item.history.filter(({ enabled }) => enabled).length);
        return {
            ...item,
            writes,
            ...(lost === undefined ? {} : { lost }),
            ...(isRenewed ? { losses: [renewalNote(item.name)] } : {}),
        };
    }

    #canRecreate(item: CertificateItem): boolean {
        return this.#options.onUnexportable === "recreate" && isSelfIssued(item);
    }

    /** Whether backups of that vault may be restored in this one. */
    async #mayBeNear(source: Store<CertificateContent>): Promise<boolean> {
        if (!(source instanceof CertificateStore)) return false;
        this.#boundary ??= boundaryBetween(
            { resource: source.resource, context: source.context },
            { resource: this.resource, context: this.context },
        );
        return (await this.#boundary) !== "different";
    }

    async #written(name: string): Promise<CertificateItem> {
        return required(name, await this.#reader.read(name), this.context);
    }

    /** Key Vault knows no conditional requests: a look right before the write is as near as one can get. */
    async #mustBeAsListed(name: string, existing: Item | undefined): Promise<CertificateItem | undefined> {
        const found = await this.#reader.read(name);
        this.#mustEqual(name, found, existing);
        return found;
    }

    #mustEqual(name: string, found: Item | undefined, expected: Item | undefined): void {
        if (found?.version === expected?.version) return;
        throw new DataplaneError(
            "Conflict",
            `the certificate "${name}" changed at the target during the run`,
            {
                item: name,
                side: this.context.side,
                remedy: "Run again: the change will be looked at.",
            },
        );
    }
}

function ownTags({ owner }: PutOptions): Record<string, string> {
    return owner === undefined ? {} : { [ownerTag]: owner };
}

function required(name: string, found: CertificateItem | undefined, { side }: Context): CertificateItem {
    if (found !== undefined) return found;
    throw new DataplaneError("Conflict", `the certificate "${name}" is no longer at the ${side}`, {
        item: name,
        side,
    });
}
