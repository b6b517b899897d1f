import type { UserDelegationKey } from "@azure/storage-blob";
import type { Context } from "../core/contract.js";
import { KeptToken } from "../core/credentials/kept-token.js";
import { statusOf } from "../core/rest-error.js";
import { refused } from "./copy-refusals.js";
import { splitName } from "./names.js";
import type { BlobServiceClient } from "./sdk.js";
import type { SourceGrant } from "./source-grants.js";
import { storageScope } from "./wire.js";
import { load } from "../core/load.js";

/** A key lives for an hour, which bounds every signature made with it. */
const keyMilliseconds = 60 * 60 * 1000;
/** A key is renewed when less is left: a single call may copy for minutes. */
const renewalMilliseconds = 15 * 60 * 1000;
/**
 * Keys begin so long ago, as clocks differ by up to that:
 * https://learn.microsoft.com/azure/storage/common/storage-sas-overview#best-practices-when-using-sas
 */
const skewMilliseconds = 15 * 60 * 1000;

interface DelegationKey {
    readonly value: UserDelegationKey;
    readonly startsOn: Date;
    readonly expiresOn: Date;
}

/**
 * With what right another account's service reads this one: with this side's bearer token, which is preferred as
 * nothing has to be signed, and where the service does not take it with a user delegation signature for the one blob,
 * to be read for an hour. Needs `generateUserDelegationKey`, which all data roles have.
 */
export class SourceAccess {
    #takesTokens = true;
    #key: Promise<DelegationKey> | undefined;
    readonly #token: KeptToken;
    #generation = 0;

    constructor(
        private readonly service: BlobServiceClient,
        private readonly context: Pick<Context, "credential" | "signal">,
        private readonly now: () => number = Date.now,
    ) {
        this.#token = new KeptToken(context.credential, storageScope, now);
    }

    /**
     * The right to read that blob, or the one of its snapshots that was taken then, while it has that ETag.
     *
     * @throws DataplaneError with `serviceCode` `ServerSideCopyRefused` where there is none.
     */
    async grant(name: string, etag: string, snapshot?: string): Promise<SourceGrant> {
        if (!this.#takesTokens) return { ...(await this.#sign(name, snapshot)), etag };
        const token = await this.#token.get(this.context.signal);
        if (token === null) throw refused(name, "there is no token for the source");
        return { authorization: `Bearer ${token.token}`, etag };
    }

    /** After a refusal of that grant: the next ones are of another sort, or made with a new key. */
    replace(grant: SourceGrant): void {
        if (grant.authorization !== undefined) this.#takesTokens = false;
        // Of several refusals at once the first has seen to it.
        else if (grant.generation === this.#generation) this.#key = undefined;
    }

    /**
     * A signature for a snapshot says nothing of its blob, nor the other way round:
     * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas#specify-the-signed-resource-field
     */
    async #sign(
        name: string,
        snapshot: string | undefined,
    ): Promise<{ signature: string; generation: number }> {
        const { BlobSASPermissions, generateBlobSASQueryParameters, SASProtocol } =
            await load<typeof import("@azure/storage-blob")>("@azure/storage-blob");
        const { container, blob } = splitName(name);
        const { value, startsOn, expiresOn } = await this.#currentKey(name);
        const generation = this.#generation;
        const signature = generateBlobSASQueryParameters(
            {
                containerName: container,
                blobName: blob,
                ...(snapshot === undefined ? {} : { snapshotTime: snapshot }),
                permissions: BlobSASPermissions.parse("r"),
                protocol: SASProtocol.Https,
                startsOn,
                expiresOn,
            },
            value,
            this.service.accountName,
        ).toString();
        return { signature, generation };
    }

    async #currentKey(name: string): Promise<DelegationKey> {
        const left = this.#key === undefined ? 0 : (await this.#key).expiresOn.getTime() - this.now();
        if (left < renewalMilliseconds) this.#key = undefined;
        const asked = (this.#key ??= this.#askForKey(name));
        try {
            return await asked;
        } catch (error) {
            if (this.#key === asked) this.#key = undefined;
            throw error;
        }
    }

    async #askForKey(name: string): Promise<DelegationKey> {
        this.#generation += 1;
        const startsOn = new Date(this.now() - skewMilliseconds);
        const expiresOn = new Date(this.now() + keyMilliseconds);
        try {
            const { signal: abortSignal } = this.context;
            const value = await this.service.getUserDelegationKey(startsOn, expiresOn, { abortSignal });
            return { value, startsOn, expiresOn };
        } catch (error) {
            const status = statusOf(error);
            if (status === undefined || status >= 500) throw error;
            throw refused(name, "it takes no token, and there is no right to sign for the source");
        }
    }
}
