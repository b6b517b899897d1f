import type { ArmRecord, Platform, ServiceResponse } from "../contract.js";
import { findAccount, incarnation } from "./accounts.js";
import type { BlobRequest } from "./blob-request.js";
import { ACCOUNT_SCOPE, containerSettings, hasScope, type ContainerSettings } from "./containers.js";
import { extraElements, extraHeaders, isProtected, isRehydrating, type Extras } from "./extras.js";
import { archived, invalidHeader, StorageError } from "./errors.js";
import type { BlobOperation } from "./operations.js";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** Source: https://learn.microsoft.com/azure/storage/blobs/archive-rehydrate-overview#rehydration-priority */
const REHYDRATION: Readonly<Record<string, number>> = { standard: 15 * HOUR, high: HOUR };

/** Operations that make a blob anew; with version-level immutability the old one lives on as a version. */
const makers: ReadonlySet<string> = new Set([
    "PutBlob",
    "putBlobFromUrl",
    "copyFromUrl",
    "copy",
    "blocklist",
]);
/** What a protected blob refuses. Source: https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies#scenarios */
const prohibited: ReadonlySet<string> = new Set(["DeleteBlob", "metadata", "page", "putPageFromUrl"]);
/** What a blob that comes back from the archive takes. */
const quiet: ReadonlySet<string> = new Set(["DeleteBlob", "GetTags", "SetTags", "tier", "copy"]);
const ownHeaders = [
    "x-ms-immutability-policy-until-date",
    "x-ms-immutability-policy-mode",
    "x-ms-legal-hold",
    "x-ms-encryption-scope",
    "x-ms-rehydrate-priority",
];

/** What hangs on an account or container, which Azurite lacks: policies, holds, scopes and the archive. */
export class BlobExtras {
    readonly #blobs = new Map<string, Extras>();

    constructor(private readonly platform: Platform) {}

    save(): unknown {
        return [...this.#blobs];
    }

    load(state: unknown): void {
        for (const [key, extras] of state as [string, Extras][]) this.#blobs.set(key, extras);
    }

    /** Answers what Azurite has no answer to; throws what Azure refuses. */
    before(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
    ): { readonly answer?: ServiceResponse; readonly request: BlobRequest } {
        if (operation.blob === "") return { request };
        const extras = this.#blobs.get(keyOf(account, operation)) ?? {};
        const now = this.platform.now();
        const settings = containerSettings(this.platform, account, operation.container);
        if (isRehydrating(extras, now) && request.method !== "HEAD" && !quiet.has(operation.name)) {
            const code = request.method === "GET" ? "BlobArchived" : "BlobBeingRehydrated";
            throw new StorageError(
                409,
                code,
                "This operation is not permitted because the blob is archived.",
            );
        }
        if (isProtected(extras, now) && prohibited.has(operation.name)) {
            throw new StorageError(
                409,
                "BlobImmutableDueToPolicy",
                "This operation is not permitted as the blob is immutable due to a policy.",
            );
        }
        if (operation.name === "immutabilitypolicies" || operation.name === "legalhold") {
            return { answer: this.#protect(account, request, operation, settings), request };
        }
        if (request.method === "PUT") this.#check(account, request, operation, settings, extras);
        const headers = request.headers.copy().delete(...ownHeaders);
        return { request: { ...request, headers } };
    }

    /** Takes note of what was written, and shows what is known. */
    after(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        response: ServiceResponse,
    ): ServiceResponse {
        if (response.status >= 300) return response;
        const key = keyOf(account, operation);
        if (operation.name === "ListBlobs") return this.#listed(account, request, operation, response);
        if (operation.name === "GetContainerProperties") return this.#container(account, operation, response);
        if (operation.name === "DeleteContainer") {
            for (const name of [...this.#blobs.keys()])
                if (name.startsWith(`${key}/`)) this.#blobs.delete(name);
        }
        if (operation.name === "DeleteBlob" && !request.url.searchParams.has("snapshot"))
            this.#blobs.delete(key);
        if (makers.has(operation.name) && request.method === "PUT") {
            const extras = this.#made(account, request, operation);
            this.#blobs.set(key, extras);
            if (isRehydrating(extras, this.platform.now())) {
                return { ...response, headers: { ...response.headers, "x-ms-copy-status": "pending" } };
            }
        }
        if (operation.name !== "GetBlob") return response;
        const extras = request.url.searchParams.has("snapshot") ? undefined : this.#blobs.get(key);
        const more = extras === undefined ? {} : extraHeaders(extras, this.platform.now());
        return { ...response, headers: { ...response.headers, ...more } };
    }

    #protect(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        settings: ContainerSettings,
    ): ServiceResponse {
        const key = keyOf(account, operation);
        const extras = this.#blobs.get(key);
        if (extras === undefined) {
            throw new StorageError(404, "BlobNotFound", "The specified blob does not exist.");
        }
        if (!settings.immutability) throw notSupported();
        if (operation.name === "legalhold") {
            extras.hold = request.headers.get("x-ms-legal-hold")?.toLowerCase() === "true";
            return { status: 200, headers: { "x-ms-legal-hold": String(extras.hold) } };
        }
        if (request.method === "DELETE") {
            if (extras.locked === true) throw lockedPolicy();
            delete extras.until;
            return { status: 200 };
        }
        Object.assign(extras, this.#policy(request, extras));
        return { status: 200, headers: extraHeaders(extras, this.platform.now()) };
    }

    /** Source: https://learn.microsoft.com/rest/api/storageservices/set-blob-immutability-policy#request-headers */
    #policy(request: BlobRequest, before: Extras): Pick<Extras, "until" | "locked"> {
        const until = Date.parse(request.headers.get("x-ms-immutability-policy-until-date") ?? "");
        const mode = request.headers.get("x-ms-immutability-policy-mode")?.toLowerCase() ?? "unlocked";
        if (!(until > this.platform.now())) throw invalidHeader("x-ms-immutability-policy-until-date");
        if (before.locked === true && (mode !== "locked" || until < (before.until ?? 0)))
            throw lockedPolicy();
        return { until, locked: mode === "locked" };
    }

    #check(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        settings: ContainerSettings,
        extras: Extras,
    ): void {
        const { headers } = request;
        const protects = headers.get("x-ms-immutability-policy-until-date") ?? headers.get("x-ms-legal-hold");
        if (protects !== undefined && !settings.immutability) throw notSupported();
        const scope = headers.get("x-ms-encryption-scope");
        if (scope !== undefined) {
            if (operation.name === "copy") throw invalidHeader("x-ms-encryption-scope");
            if (!hasScope(this.platform, account, scope)) throw forbiddenScope("is not there or disabled");
            if (settings.deniesOtherScopes && scope !== settings.defaultScope) {
                throw forbiddenScope("is not the one of its container");
            }
        }
        // Every request that encrypts names the blob's scope.
        const isPart = ["metadata", "page", "putPageFromUrl", "appendblock", "appendBlockFromUrl"].includes(
            operation.name,
        );
        if (isPart && (scope ?? settings.defaultScope) !== (extras.scope ?? settings.defaultScope)) {
            throw forbiddenScope("is not the one of the blob");
        }
    }

    #made(account: ArmRecord, request: BlobRequest, operation: BlobOperation): Extras {
        const { headers } = request;
        const now = this.platform.now();
        const settings = containerSettings(this.platform, account, operation.container);
        const scope = headers.get("x-ms-encryption-scope") ?? settings.defaultScope;
        const hasPolicy = headers.get("x-ms-immutability-policy-until-date") !== undefined;
        const standing = settings.immutability ? settings.defaultPolicy : undefined;
        const policy = hasPolicy
            ? this.#policy(request, {})
            : standing && { until: now + standing.days * DAY, locked: standing.locked };
        return {
            ...policy,
            ...(headers.get("x-ms-legal-hold")?.toLowerCase() === "true" ? { hold: true } : {}),
            ...(scope === ACCOUNT_SCOPE ? {} : { scope }),
            ...(operation.name === "copy" ? this.#rehydration(request, now) : {}),
        };
    }

    /** Copy Blob out of the archive takes its time; `x-ms-rehydrate-priority` is only for that. */
    #rehydration(request: BlobRequest, now: number): Pick<Extras, "rehydration"> {
        if (request.headers.get("x-ms-rehydrate-priority") === undefined) return {};
        const priority = request.headers.get("x-ms-rehydrate-priority")?.toLowerCase() ?? "standard";
        const tier = request.headers.get("x-ms-access-tier") ?? "Hot";
        return { rehydration: { tier, priority, until: now + (REHYDRATION[priority] ?? 0) } };
    }

    /** Where Azure copies an archived blob. Throws where it does not. */
    checkArchivedCopy(account: ArmRecord, source: URL, request: BlobRequest): void {
        const from = findAccount(this.platform, source.hostname);
        const tier = request.headers.get("x-ms-access-tier")?.toLowerCase();
        if (from?.location !== account.location || tier === undefined || tier === "archive") {
            throw archived();
        }
    }

    #container(account: ArmRecord, operation: BlobOperation, response: ServiceResponse): ServiceResponse {
        const settings = containerSettings(this.platform, account, operation.container);
        return {
            ...response,
            headers: {
                ...response.headers,
                "x-ms-immutable-storage-with-versioning-enabled": String(settings.immutability),
                "x-ms-default-encryption-scope": settings.defaultScope,
                "x-ms-deny-encryption-scope-override": String(settings.deniesOtherScopes),
            },
        };
    }

    #listed(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        response: ServiceResponse,
    ): ServiceResponse {
        const prefix = keyOf(account, { ...operation, blob: "" });
        const isKnown = [...this.#blobs.keys()].some((key) => key.startsWith(`${prefix}/`));
        if (!isKnown || typeof response.body !== "string") return response;
        const include = (request.url.searchParams.get("include") ?? "").toLowerCase().split(",");
        const now = this.platform.now();
        const listing = response.body.replace(
            /<Blob><Name>([^<]*)<\/Name>(?!<Snapshot>[^<])[\s\S]*?<\/Properties>/g,
            (blob, name: string) => {
                const extras = this.#blobs.get(`${prefix}/${unescapeXml(name)}`);
                return extras === undefined ? blob : extraElements(blob, extras, include, now);
            },
        );
        return { ...response, body: listing };
    }
}

function keyOf(account: ArmRecord, { container, blob }: Pick<BlobOperation, "container" | "blob">): string {
    const root = `${incarnation(account)} ${container}`;
    return blob === "" ? root : `${root}/${blob}`;
}

function unescapeXml(escaped: string): string {
    const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
    return escaped.replace(/&(#\d+|#x[0-9a-fA-F]+|\w+);/g, (entity, name: string) => {
        if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
        if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
        return named[name] ?? entity;
    });
}

function notSupported(): StorageError {
    return new StorageError(
        409,
        "FeatureNotSupportedForAccount",
        "The container has no version-level immutability.",
    );
}

function lockedPolicy(): StorageError {
    return new StorageError(
        409,
        "BlobImmutableDueToPolicy",
        "This operation is not permitted as the blob has a locked policy.",
    );
}

function forbiddenScope(why: string): StorageError {
    return new StorageError(
        403,
        "RequestForbiddenByContainerEncryptionPolicy",
        `The encryption scope ${why}.`,
    );
}
