import { randomUUID } from "node:crypto";
import { decodeJwt, errors, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from "jose";
import type { CryptoKey, JWK, JWTPayload } from "jose";
import type { Clock } from "./clock.js";
import type { Principal } from "./contract.js";
import type { ServicePrincipal } from "./identities.js";
import { TokenError } from "./token-error.js";

const ALGORITHM = "RS256";
const ISSUER = /^https:\/\/sts\.windows\.net\/([0-9a-f-]{36})\/$/i;

interface KeyPair {
    privateKey: CryptoKey;
    publicKey: CryptoKey;
    keyId: string;
}

/** Mints and checks access tokens, in the shape that Entra gives Azure's own services (version 1.0). */
export class Tokens {
    /** What was found good, since checking a signature is most of the work of a small request. */
    readonly #verified = new Map<string, JWTPayload>();

    private constructor(
        private readonly clock: Clock,
        private keys: KeyPair,
    ) {}

    static async create(clock: Clock): Promise<Tokens> {
        const pair = await generateKeyPair(ALGORITHM, { extractable: true });
        return new Tokens(clock, { ...pair, keyId: randomUUID() });
    }

    /** A token for the audience, good for that many seconds. */
    async mint(principal: ServicePrincipal, audience: string, lifetimeSeconds: number): Promise<string> {
        const now = Math.floor(this.clock.now() / 1000);
        // The claims that services and clients look at.
        // Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
        return new SignJWT({
            appid: principal.clientId,
            appidacr: "1",
            idp: `https://sts.windows.net/${principal.tenantId}/`,
            idtyp: "app",
            oid: principal.objectId,
            tid: principal.tenantId,
            uti: randomUUID(),
            ver: "1.0",
        })
            .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid: this.keys.keyId, x5t: this.keys.keyId })
            .setIssuer(`https://sts.windows.net/${principal.tenantId}/`)
            .setSubject(principal.objectId)
            .setAudience(audience)
            .setIssuedAt(now)
            .setNotBefore(now)
            .setExpirationTime(now + lifetimeSeconds)
            .sign(this.keys.privateKey);
    }

    /**
     * Who the token stands for. Throws `TokenError` where it is not ours, has expired, or is for another audience.
     * Audiences are compared without case and trailing slash.
     */
    async verify(bearer: string, audiences: readonly string[]): Promise<Principal> {
        const payload = await this.#payload(bearer);
        const audience = withoutSlash(typeof payload.aud === "string" ? payload.aud : "");
        if (!audiences.some((allowed) => withoutSlash(allowed).toLowerCase() === audience.toLowerCase())) {
            throw new TokenError(
                "audience",
                `The access token is for '${audience}', not for ${audiences.map((one) => `'${one}'`).join(", ")}.`,
                audience,
            );
        }
        const tenantId = claim(payload, "tid");
        if (ISSUER.exec(payload.iss ?? "")?.[1]?.toLowerCase() !== tenantId.toLowerCase()) {
            throw new TokenError(
                "issuer",
                `The access token is from an unknown issuer '${payload.iss ?? ""}'.`,
            );
        }
        return { tenantId, objectId: claim(payload, "oid"), clientId: claim(payload, "appid"), audience };
    }

    /** The public keys, as `jwks_uri` answers. */
    async publicKeys(): Promise<{ keys: JWK[] }> {
        const jwk = await exportJWK(this.keys.publicKey);
        return { keys: [{ ...jwk, kid: this.keys.keyId, x5t: this.keys.keyId, use: "sig", alg: ALGORITHM }] };
    }

    /** The key pair, so that tokens outlive a restart. */
    async save(): Promise<JWK> {
        return { ...(await exportJWK(this.keys.privateKey)), kid: this.keys.keyId };
    }

    async load(saved: JWK): Promise<void> {
        const { kty, n, e } = saved;
        if (kty === undefined || n === undefined || e === undefined)
            throw new Error("The signing key is damaged.");
        const [privateKey, publicKey] = await Promise.all([
            importJWK(saved, ALGORITHM, { extractable: true }),
            importJWK({ kty, n, e }, ALGORITHM, { extractable: true }),
        ]);
        if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) {
            throw new Error("The signing key is damaged.");
        }
        this.keys = { privateKey, publicKey, keyId: saved.kid ?? randomUUID() };
        this.#verified.clear();
    }

    async #payload(bearer: string): Promise<JWTPayload> {
        const known = this.#verified.get(bearer);
        // Time only goes on: nothing but its end can make a good token a bad one.
        if ((known?.exp ?? 0) * 1000 > this.clock.now() && known !== undefined) return known;
        this.#verified.delete(bearer);
        try {
            const { payload } = await jwtVerify(bearer, this.keys.publicKey, {
                algorithms: [ALGORITHM],
                currentDate: new Date(this.clock.now()),
            });
            this.#verified.set(bearer, payload);
            return payload;
        } catch (error) {
            if (error instanceof errors.JWTExpired) {
                const expiry = new Date((error.payload.exp ?? 0) * 1000).toISOString();
                const now = new Date(this.clock.now()).toISOString();
                throw new TokenError(
                    "expired",
                    `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${now}'.`,
                );
            }
            if (error instanceof errors.JWSSignatureVerificationFailed) {
                throw new TokenError(
                    "signature",
                    "The access token's signature is invalid.",
                    readAudience(bearer),
                );
            }
            throw new TokenError("malformed", "The access token is invalid.");
        }
    }
}

function readAudience(bearer: string): string | undefined {
    const { aud } = decodeJwt(bearer);
    return typeof aud === "string" ? aud : undefined;
}

function claim(payload: JWTPayload, name: string): string {
    const value = payload[name];
    if (typeof value !== "string")
        throw new TokenError("malformed", `The access token has no claim '${name}'.`);
    return value;
}

function withoutSlash(audience: string): string {
    return audience.replace(/\/+$/, "");
}
