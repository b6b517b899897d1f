import type { CertificateClient } from "../sdk.js";
import { canonicalJson } from "../../core/json.js";
import { toDataplaneError } from "../../core/http-errors.js";
import { restoreBackup } from "../backup.js";
import { nameIsTaken } from "../deleted-name.js";
import { currentOf, type CertificateItem } from "./item.js";
import type { CertificateReader } from "./reader.js";
import type { CertificateWriter } from "./writer.js";

/** One certificate on its way by backup and restore, with all its versions. */
interface Passage {
    readonly from: CertificateClient;
    readonly to: CertificateClient;
    readonly reader: CertificateReader;
    readonly writer: CertificateWriter;
    readonly signal: AbortSignal;
    readonly sourceItem: CertificateItem;
    readonly ownTags: Readonly<Record<string, string>>;
    /** Imports it instead, where another certificate that is deleted has the name. Undefined: that can't be done. */
    readonly importInstead: (() => Promise<void>) | undefined;
}

/**
 * Brings a certificate with all its versions, their ids and dates, disabled and non-exportable ones too. Throws what
 * `restoreBackup` throws.
 */
export async function moveByBackup(passage: Passage): Promise<void> {
    const { from, to, reader, signal, sourceItem } = passage;
    const { name: item } = sourceItem;
    let denied: unknown;
    const landed = async (): Promise<CertificateItem | undefined> => {
        const found = await reader.read(item);
        return found !== undefined && isSameVersion(found, sourceItem) ? found : undefined;
    };
    try {
        await restoreBackup<unknown>({
            item,
            singular: "certificate",
            signal,
            backup: () =>
                from.backupCertificate(item, { abortSignal: signal }).catch((error: unknown) => {
                    denied = error;
                    throw error;
                }),
            restore: (backup) => to.restoreCertificateBackup(backup, { abortSignal: signal }),
            landed,
            whenDeleted: () => bringBack(passage),
            whenDenied: "refuse",
        });
    } catch (error) {
        throw error === denied ? toDataplaneError(error, { side: "source", item }) : error;
    }
    const moved = await landed();
    if (moved !== undefined) await setTags(passage, moved);
}

/** A copy at the source brought our tags along, which say nothing here. */
async function setTags({ writer, sourceItem, ownTags }: Passage, moved: CertificateItem): Promise<void> {
    const { name, properties } = sourceItem;
    const current = currentOf(moved);
    const wanted = { ...properties.tags, ...ownTags };
    if (current === undefined || canonicalJson({ ...current.tags }) === canonicalJson(wanted)) return;
    await writer.update(name, current.id, wanted);
}

/** The deleted certificate that has the name at the target may be the very same one. */
async function bringBack({ to, signal, sourceItem, writer, importInstead }: Passage): Promise<void> {
    const { name } = sourceItem;
    const { properties, scheduledPurgeDate } = await to.getDeletedCertificate(name, { abortSignal: signal });
    if (properties.version === currentOf(sourceItem)?.id) {
        await writer.recover(name);
        return;
    }
    if (importInstead !== undefined) {
        await importInstead();
        return;
    }
    const { recoveryLevel } = properties;
    throw nameIsTaken(name, "certificate", {
        ...(recoveryLevel === undefined ? {} : { recoveryLevel }),
        ...(scheduledPurgeDate === undefined ? {} : { scheduledPurgeDate }),
    });
}

function isSameVersion(a: CertificateItem, b: CertificateItem): boolean {
    return currentOf(a)?.id === currentOf(b)?.id;
}
