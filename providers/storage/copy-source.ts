import type { Item } from "../core/contract.js";
import { etagOf } from "./blob-item.js";
import { isAccessRefusal } from "./copy-refusals.js";
import type { SourceAccess } from "./source-access.js";
import type { SourceGrants } from "./source-grants.js";

/** Where the service reads from, and with whose right. */
export interface CopySource {
    /** Without a signature; of a snapshot with the time that it was taken. */
    readonly url: string;
    /** When the snapshot was taken, where it is one. */
    readonly snapshot?: string;
    readonly access: SourceAccess;
    readonly item: Item;
    /** Source and target are one account. */
    readonly isWithinAccount: boolean;
    /** What puts the right to read into the target's requests. */
    readonly grants: SourceGrants;
}

/**
 * Runs a copy with a right to read the source, and once more with each other sort of it where the service does not
 * take it: a signature instead of a token, then one made with a new key, as the first may have expired.
 */
export async function withGrant<T>(source: CopySource, copy: () => Promise<T>): Promise<T> {
    const { access, grants, item, url, snapshot } = source;
    let renewed = false;
    for (;;) {
        const grant = await access.grant(item.name, etagOf(item.version), snapshot);
        try {
            return await grants.use(url, grant, copy);
        } catch (error) {
            if (renewed || !isAccessRefusal(error)) throw error;
            renewed = grant.authorization === undefined;
            access.replace(grant);
        }
    }
}
