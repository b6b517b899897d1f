import type { HttpClient } from "@azure/core-rest-pipeline";

/** What lets the target's service read one source. */
export interface SourceGrant {
    /** `Bearer …`, for `x-ms-copy-source-authorization`. */
    readonly authorization?: string;
    /** A shared access signature, without the question mark, for the source's URL. */
    readonly signature?: string;
    /** Counts the keys that signatures were made with. */
    readonly generation?: number;
    /** The copy holds only while the source has this ETag. Files know no such condition. */
    readonly etag?: string;
}

const sourceHeader = "x-ms-copy-source";
const authorizationHeader = "x-ms-copy-source-authorization";
/**
 * Put Block From URL takes it, and the SDK has no option for it:
 * https://learn.microsoft.com/rest/api/storageservices/put-block-from-url#request-headers
 */
const conditionHeader = "x-ms-source-if-match";

/**
 * Puts what lets a service read a source into requests below the SDK, and takes it out again afterwards. The SDK logs
 * the URL of a copy's source and keeps requests in its errors: this way it never sees a token or a signature.
 */
export class SourceGrants {
    readonly #inUse = new Map<string, { grant: SourceGrant; users: number }>();

    /** The HTTP client to make the SDK's of. */
    client(next: HttpClient): HttpClient {
        return {
            sendRequest: async (request) => {
                const { headers } = request;
                const url = headers.get(sourceHeader);
                const grant = url === undefined ? undefined : this.#inUse.get(url)?.grant;
                if (url === undefined || grant === undefined) return next.sendRequest(request);
                if (grant.authorization !== undefined) headers.set(authorizationHeader, grant.authorization);
                if (grant.signature !== undefined) headers.set(sourceHeader, signed(url, grant.signature));
                if (grant.etag !== undefined) headers.set(conditionHeader, grant.etag);
                try {
                    return await next.sendRequest(request);
                } finally {
                    headers.set(sourceHeader, url);
                    headers.delete(authorizationHeader);
                }
            },
        };
    }

    /** Runs a copy from that URL with the grant; of several at once the latest grant holds. */
    async use<T>(url: string, grant: SourceGrant, copy: () => Promise<T>): Promise<T> {
        const users = this.#inUse.get(url)?.users ?? 0;
        this.#inUse.set(url, { grant, users: users + 1 });
        try {
            return await copy();
        } finally {
            const entry = this.#inUse.get(url);
            if (entry !== undefined) {
                entry.users -= 1;
                if (entry.users === 0) this.#inUse.delete(url);
            }
        }
    }
}

/** The URL of a snapshot has a query already. */
function signed(url: string, signature: string): string {
    return `${url}${url.includes("?") ? "&" : "?"}${signature}`;
}
