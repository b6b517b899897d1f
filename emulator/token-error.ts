/** Why a token is refused. */
export type TokenErrorReason = "malformed" | "signature" | "issuer" | "audience" | "expired";

/** A bearer token that is not good here. The message holds nothing of the token but its plain claims. */
export class TokenError extends Error {
    constructor(
        readonly reason: TokenErrorReason,
        message: string,
        /** The audience that the token is for, where it could be read. */
        readonly audience?: string,
    ) {
        super(message);
        this.name = "TokenError";
    }
}
