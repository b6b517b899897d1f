import type { HttpClient } from "@azure/core-rest-pipeline";
import { ArmClient } from "../core/arm/client.js";
import type { Context, Item, Loss, ResourceRef } from "../core/contract.js";
import { DataplaneError, isDataplaneError } from "../core/errors.js";
import type { BlobProperties } from "./blob-item.js";
import type { BoundProperties } from "./bound-properties.js";
import type { ContainerSupport } from "./container-support.js";

/** https://learn.microsoft.com/rest/api/storagerp/encryption-scopes/list */
const scopesVersion = "2023-05-01";

/** What the target has for a scope of the source; undefined where nothing. */
export type ScopeOf = (source: string) => Promise<string | undefined>;

/**
 * By the option `encryptionScopes`, else the target's enabled scope of the same name.
 *
 * Needs `Microsoft.Storage/storageAccounts/encryptionScopes/read`, which Reader has; without it, or where the account is
 * only known by its URL, nothing is found, and what the option names is not checked.
 *
 * @throws DataplaneError `InvalidArgument` where the option names a scope that the target does not have.
 */
export function scopesOf(
    { id, reference }: ResourceRef,
    context: Context,
    option: Readonly<Record<string, string>> | false | undefined,
): ScopeOf {
    let enabled: Promise<ReadonlySet<string> | undefined> | undefined;
    return async (source) => {
        if (option === false) return undefined;
        const given = option?.[source];
        if (id === undefined) return given;
        enabled ??= enabledScopes(id, context);
        const names = await enabled;
        if (names === undefined || names.has((given ?? source).toLowerCase())) {
            return given ?? (names === undefined ? undefined : source);
        }
        if (given === undefined) return undefined;
        throw new DataplaneError(
            "InvalidArgument",
            `${reference} has no enabled encryption scope "${given}"`,
            {
                resource: reference,
                argument: "encryptionScopes",
                side: "target",
                remedy: "Make or enable it, or name another.",
            },
        );
    };
}

/** Undefined where they may not be listed. */
async function enabledScopes(id: string, context: Context): Promise<ReadonlySet<string> | undefined> {
    const names = new Set<string>();
    try {
        const scopes = new ArmClient(context).list(`${id}/encryptionScopes`, scopesVersion);
        for await (const { name, properties } of scopes) {
            if (properties?.state === "Enabled") names.add(name.toLowerCase());
        }
        return names;
    } catch (error) {
        if (!isDataplaneError(error, "AccessDenied")) throw error;
        return undefined;
    }
}

/** The item with the scope that its copy is to name, if any, and a loss where it can't have the source's. */
export async function foreseeScope(
    item: Item,
    existing: BoundProperties | undefined,
    support: ContainerSupport,
    scopeOf: ScopeOf,
): Promise<Item> {
    const { encryptionScope: source, ...others } = item.properties as BlobProperties;
    const mapped = source === undefined ? undefined : await scopeOf(source);
    const fixed = support.deniesOtherScopes ? support.defaultScope : undefined;
    // A blob keeps its scope for good; what is in its container's is encrypted with one, if not of that name.
    const wanted = existing === undefined ? (fixed ?? mapped) : existing.encryptionScope;
    const properties = {
        ...others,
        ...(wanted === undefined ? {} : { encryptionScope: wanted }),
    } as BlobProperties;
    if (source === undefined || wanted !== undefined || support.defaultScope !== undefined) {
        return { ...item, properties };
    }
    const loss: Loss = {
        item: item.name,
        what: "encryption scope",
        reason:
            mapped === undefined
                ? `it is encrypted with the scope "${source}" of its own account`
                : `it is encrypted with the scope "${source}", and its copy was made without one`,
        remedy:
            mapped === undefined
                ? "make an encryption scope of that name at the target, or name another in the option encryptionScopes"
                : "remove it at the target, and run again",
    };
    return { ...item, properties, losses: [...(item.losses ?? []), loss] };
}

/** Which requests say what they encrypt with: https://learn.microsoft.com/rest/api/storageservices/put-blob#request-headers-encryption-scopes */
const encrypting: ReadonlySet<string> = new Set([
    "",
    "appendblock",
    "block",
    "blocklist",
    "metadata",
    "page",
    "snapshot",
]);

/**
 * Puts the scope of a blob into all requests that write it, below the SDK: there are many ways to write one, and each
 * request has to name it.
 */
export class ScopeHeaders {
    readonly #inUse = new Map<string, string>();

    client(next: HttpClient): HttpClient {
        return {
            sendRequest: (request) => {
                if (request.method === "PUT" && this.#inUse.size > 0) {
                    const url = new URL(request.url);
                    const scope = this.#inUse.get(url.pathname);
                    if (scope !== undefined && encrypting.has(url.searchParams.get("comp") ?? "")) {
                        request.headers.set("x-ms-encryption-scope", scope);
                    }
                }
                return next.sendRequest(request);
            },
        };
    }

    /** Runs the writing of the blob at that URL with that scope. */
    async use<T>(url: string, scope: string | undefined, write: () => Promise<T>): Promise<T> {
        if (scope === undefined) return write();
        const { pathname } = new URL(url);
        this.#inUse.set(pathname, scope);
        try {
            return await write();
        } finally {
            this.#inUse.delete(pathname);
        }
    }
}
