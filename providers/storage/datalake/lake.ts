import type {
    DataLakeDirectoryClient,
    DataLakeServiceClient,
    PathAccessControlItem,
} from "@azure/storage-file-datalake" with { "resolution-mode": "import" };
import type { Context, ResourceRef } from "../../core/contract.js";
import { storageClientOptions } from "../../core/http/client.js";
import { splitName } from "../names.js";
import { accessOf, parseAcl, pathFacts, type AccessControl } from "./access-control.js";

/** What is known of a container's root directory. */
export interface RootFacts {
    readonly access: AccessControl | undefined;
    readonly permissions: string | undefined;
    readonly modified: Date | undefined;
}

/**
 * The dfs endpoint of an account with a hierarchical namespace, for what the Blob API can't do: access control and
 * directories. Names are `container/path`.
 */
export class Lake {
    constructor(
        private readonly service: DataLakeServiceClient,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * Sets owner, group and access control list, where the path still has that ETag. Neither the ETag nor the time of the
     * last change becomes another one.
     */
    async setAccess(name: string, access: AccessControl, etag: string | undefined): Promise<void> {
        await this.#path(name).setAccessControl(toItems(access), {
            ...principals(access),
            ...(etag === undefined ? {} : { conditions: { ifMatch: etag } }),
            abortSignal: this.signal,
        });
    }

    /** Makes a directory with everything that it is to have; throws the service's 409 `PathAlreadyExists`. */
    async createDirectory(
        name: string,
        metadata: Record<string, string>,
        access: AccessControl | undefined,
    ): Promise<void> {
        await this.#path(name).create({
            metadata,
            ...(access === undefined ? {} : { acl: toItems(access), ...principals(access) }),
            conditions: { ifNoneMatch: "*" },
            abortSignal: this.signal,
        });
    }

    /** Throws the service's 409 `DirectoryNotEmpty`. */
    async removeDirectory(name: string, etag: string | undefined): Promise<void> {
        await this.#path(name).delete(false, {
            ...(etag === undefined ? {} : { conditions: { ifMatch: etag } }),
            abortSignal: this.signal,
        });
    }

    async root(container: string): Promise<RootFacts> {
        const answer = await this.#path(container).getAccessControl({ abortSignal: this.signal });
        const { access: facts } = pathFacts(answer, true);
        return { access: accessOf(facts), permissions: facts.permissions, modified: answer.lastModified };
    }

    #path(name: string): DataLakeDirectoryClient {
        const { container, blob } = splitName(name);
        return this.service.getFileSystemClient(container).getDirectoryClient(blob);
    }
}

/** Undefined where the account is not known to have a hierarchical namespace. */
export async function openLake(resource: ResourceRef, context: Context): Promise<Lake | undefined> {
    const url = resource.endpoints.dfs;
    if (url === undefined) return undefined;
    const { DataLakeServiceClient: Client } = await import("@azure/storage-file-datalake");
    return new Lake(new Client(url, context.credential, storageClientOptions(context)), context.signal);
}

function principals({ owner, group }: AccessControl): { owner?: string; group?: string } {
    return { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
}

function toItems({ acl }: AccessControl): PathAccessControlItem[] {
    return parseAcl(acl).map(({ isDefault, type, id, rights }) => ({
        defaultScope: isDefault,
        accessControlType: type as PathAccessControlItem["accessControlType"],
        entityId: id,
        permissions: {
            read: rights.includes("r"),
            write: rights.includes("w"),
            execute: rights.includes("x"),
        },
    }));
}
