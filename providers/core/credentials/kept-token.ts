import type { AccessToken, TokenCredential } from "@azure/core-auth";

/** A token is asked for anew when less is left. */
const leastMilliseconds = 5 * 60 * 1000;

/**
 * The token of a credential for one scope, kept here: asking a credential costs more than a small request, even where it
 * keeps tokens itself.
 */
export class KeptToken {
    #token: AccessToken | undefined;
    #asked: Promise<AccessToken | null> | undefined;

    constructor(
        private readonly credential: TokenCredential,
        private readonly scope: string,
        private readonly now: () => number = Date.now,
    ) {}

    /** The token, where it lasts; undefined where it must be asked for. */
    get current(): AccessToken | undefined {
        const left = (this.#token?.expiresOnTimestamp ?? 0) - this.now();
        return left < leastMilliseconds ? undefined : this.#token;
    }

    /**
     * The token, asked for where it does not last; null where the credential has none.
     *
     * @throws what the credential throws.
     */
    async get(signal: AbortSignal): Promise<AccessToken | null> {
        const { current } = this;
        if (current !== undefined) return current;
        // Of several that find it too old, the first asks.
        const asked = (this.#asked ??= this.credential.getToken(this.scope, { abortSignal: signal }));
        try {
            const token = await asked;
            this.#token = token ?? undefined;
            return token;
        } finally {
            if (this.#asked === asked) this.#asked = undefined;
        }
    }

    /** Asks anew next time: the service does not take this one. */
    drop(): void {
        this.#token = undefined;
    }
}
