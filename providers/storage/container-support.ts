import { ownScope } from "./bound-properties.js";
import { unlessAbsent } from "./errors.js";
import type { BlobServiceClient } from "./sdk.js";

/** What a container lets its blobs have. */
export interface ContainerSupport {
    /**
     * Version-level immutability:
     * https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
     */
    readonly immutability: boolean;
    /** The encryption scope of blobs that name none, where it is not the account's own key. */
    readonly defaultScope: string | undefined;
    /** Blobs can't have another scope than that. */
    readonly deniesOtherScopes: boolean;
}

const none: ContainerSupport = { immutability: false, defaultScope: undefined, deniesOtherScopes: false };

/** Asks each container once: https://learn.microsoft.com/rest/api/storageservices/get-container-properties#response-headers */
export class Containers {
    readonly #known = new Map<string, Promise<ContainerSupport>>();

    constructor(
        private readonly service: BlobServiceClient,
        private readonly signal: AbortSignal,
    ) {}

    /** A container that is not there supports nothing, and is asked again: it may be made in the same run. */
    async support(name: string): Promise<ContainerSupport> {
        const asked = this.#known.get(name) ?? this.#ask(name);
        this.#known.set(name, asked);
        try {
            const support = await asked;
            if (support === none) this.#known.delete(name);
            return support;
        } catch (error) {
            this.#known.delete(name);
            throw error;
        }
    }

    async #ask(name: string): Promise<ContainerSupport> {
        const found = await unlessAbsent(
            this.service.getContainerClient(name).getProperties({ abortSignal: this.signal }),
            "ContainerNotFound",
        );
        if (found === undefined) return none;
        return {
            immutability: found.isImmutableStorageWithVersioningEnabled === true,
            defaultScope: ownScope(found.defaultEncryptionScope),
            deniesOtherScopes: found.denyEncryptionScopeOverride === true,
        };
    }
}
