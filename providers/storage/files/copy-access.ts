import type { Context } from "../../core/contract.js";
import { KeptToken } from "../../core/credentials/kept-token.js";
import { isDataplaneError } from "../../core/errors.js";
import { explainCopyFailure, itemRefused, refused } from "../copy-refusals.js";
import type { SourceGrants } from "../source-grants.js";
import { storageScope } from "../wire.js";
import { changedFileAtSource } from "./errors.js";

/** https://learn.microsoft.com/rest/api/storageservices/put-range-from-url#request-headers */
const longestUrl = 2048;

/** With what right another account's service reads this one's files: this side's bearer token. */
export class FileAccess {
    readonly #token: KeptToken;

    constructor(private readonly context: Pick<Context, "credential" | "signal">) {
        this.#token = new KeptToken(context.credential, storageScope);
    }

    /**
     * Has the target's service read that file of this source.
     *
     * @throws DataplaneError with `serviceCode` `ServerSideCopyRefused` (or `…ForItem`) where it does not.
     */
    async copy(name: string, url: string, grants: SourceGrants, copy: () => Promise<void>): Promise<void> {
        if (url.length > longestUrl) throw itemRefused(name, "its URL is longer than 2,048 characters");
        const token = await this.#token.get(this.context.signal);
        if (token === null) throw refused(name, "there is no token for the source");
        try {
            await grants.use(url, { authorization: `Bearer ${token.token}` }, copy);
        } catch (error) {
            const explained = explainCopyFailure(error, name);
            throw isDataplaneError(explained, "Conflict") ? changedFileAtSource(name) : explained;
        }
    }
}
