import { isDataplaneError } from "../../core/errors.js";
import { foreignTags, placeholderTag, recreatedTag } from "../tags.js";
import { thumbprints, type CertificateContent, type ContentVersion } from "./content.js";
import { remainingVersions } from "./history.js";
import { currentOf, isExportable, isRecreated, recreatedDigest, type CertificateItem } from "./item.js";
import { samePolicy } from "./policy.js";
import type { CertificateReader } from "./reader.js";
import type { CertificateWriter } from "./writer.js";

type Tags = Readonly<Record<string, string>>;

/** Brings one certificate of the target to a content, and to the properties of an item of the source. */
export class Replacement {
    readonly #reader: CertificateReader;
    readonly #writer: CertificateWriter;
    readonly #item: CertificateItem;
    readonly #ownTags: Tags;
    readonly #tags: Tags;

    /** @param ownTags what is written beside the item's own tags. */
    constructor(reader: CertificateReader, writer: CertificateWriter, item: CertificateItem, ownTags: Tags) {
        this.#reader = reader;
        this.#writer = writer;
        this.#item = item;
        this.#ownTags = ownTags;
        this.#tags = { ...item.properties.tags, ...ownTags };
    }

    /**
     * Imports the versions that the target lacks, the current one last, and sets policy, attributes and tags after that;
     * or has the vault make a new key, where the source's stays behind. Until all is done the target's current version
     * is marked as a placeholder or is an older one of the source's, so that a run that follows a killed one goes on.
     */
    async write(content: CertificateContent, existing: CertificateItem | undefined): Promise<void> {
        if (content.versions.at(-1)?.material === undefined && isRecreated(this.#item)) {
            await this.#recreate(existing);
            return;
        }
        await this.#writer.overDeleted(this.#item.name, async (recovered) => {
            const found = recovered ? await this.#reader.read(this.#item.name) : existing;
            await this.#importAll(content, found);
        });
        const written = await this.#reader.read(this.#item.name);
        if (written === undefined) return;
        await this.#unmarkOlder(content, written);
        await this.#finishWith(written, this.#tags);
    }

    /** Sets policy, attributes and tags of what is there. */
    async finish(existing: CertificateItem): Promise<void> {
        await this.#finishWith(existing, isRecreated(this.#item) ? this.#recreatedTags() : this.#tags);
    }

    async #importAll({ versions }: CertificateContent, existing: CertificateItem | undefined): Promise<void> {
        const there = existing?.history.map(({ thumbprint }) => thumbprint) ?? [];
        const remaining = remainingVersions(thumbprints({ versions }), there, existing?.placeholder === true);
        for (const index of remaining) {
            const version = versions[index];
            if (version === undefined) continue;
            if (index < versions.length - 1) await this.#importOlder(version, existing?.placeholder === true);
            else await this.#importCurrent(version);
        }
    }

    /**
     * One that can't be read or imported stays behind, which is told as a loss. On top of what is not the source's it is
     * marked as well: what is there would not look like the beginning of a copy.
     */
    async #importOlder(version: ContentVersion, marked: boolean): Promise<void> {
        if (version.material === undefined) return;
        const tags = marked ? { [placeholderTag]: "true" } : foreignTags(version.tags);
        const wishes = { exportable: true, enabled: version.enabled, tags };
        try {
            await this.#writer.importVersion(this.#item.name, version, wishes);
        } catch (error) {
            if (!isDataplaneError(error, "InvalidItem")) throw error;
        }
    }

    /** Gives versions before the current one the tags that they are to have. */
    async #unmarkOlder({ versions }: CertificateContent, written: CertificateItem): Promise<void> {
        for (const { id, thumbprint, tags } of written.history.slice(0, -1)) {
            if (tags[placeholderTag] === undefined) continue;
            const origin = versions.find((version) => version.thumbprint === thumbprint);
            await this.#writer.update(written.name, id, foreignTags(origin?.tags));
        }
    }

    async #importCurrent(version: ContentVersion): Promise<void> {
        await this.#writer.importVersion(this.#item.name, version, {
            exportable: isExportable(this.#item),
            enabled: this.#item.properties.enabled,
            tags: { ...this.#ownTags, [placeholderTag]: "true" },
        });
    }

    /** What a template made of the same policy has a key of its own already. */
    async #recreate(existing: CertificateItem | undefined): Promise<void> {
        const { name, properties } = this.#item;
        const isMade =
            existing?.placeholder === true &&
            currentOf(existing) !== undefined &&
            samePolicy(existing.properties.policy, properties.policy);
        if (isMade) {
            await this.finish(existing);
            return;
        }
        const tags = this.#recreatedTags();
        await this.#writer.overDeleted(name, () => this.#writer.create(name, properties, tags));
        const made = await this.#reader.read(name);
        if (made !== undefined) await this.#finishWith(made, tags);
    }

    #recreatedTags(): Tags {
        return { ...this.#tags, [recreatedTag]: (this.#item.digest ?? "").slice(recreatedDigest("").length) };
    }

    async #finishWith(current: CertificateItem, tags: Tags): Promise<void> {
        const { name, properties } = this.#item;
        await this.#writer.finish(name, current, properties, tags);
    }
}
