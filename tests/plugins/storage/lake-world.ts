import { createHash } from "node:crypto";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { BlobServiceClient } from "@azure/storage-blob";
import {
    DataLakeServiceClient,
    type DataLakePathClient,
    type PathAccessControlItem,
} from "@azure/storage-file-datalake";
import { clouds } from "../../../providers/core/clouds.js";
import type { Side, Store } from "../../../providers/core/contract.js";
import { fallBackToOwnTenant } from "../../../providers/core/credentials/challenge-tenant.js";
import { guardStore } from "../../../providers/core/guarded-store.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { summariseGroups } from "../../../providers/core/replication/groups.js";
import { replicate } from "../../../providers/core/replication/replicate.js";
import type { ReplicationRequest, ReplicationResult } from "../../../providers/core/replication/types.js";
import { plugin } from "../../../providers/storage/index.js";
import { quickTiming } from "../../conformance/quick-timing.js";
import { credentialOf, give, place, type Cast } from "../../emulator-services/local.js";

const ACCOUNT = "Microsoft.Storage/storageAccounts";
let made = 0;

export interface LakeOptions {
    /** Whether each side has a hierarchical namespace. Default: both. */
    readonly trees?: Readonly<Record<Side, boolean>>;
    /** Both accounts are in one tenant. Default: in two. */
    readonly together?: boolean;
    readonly options?: Record<string, unknown>;
    /** Each side is named by the URL of its blob endpoint. */
    readonly byBlobUrl?: boolean;
    /** What the writer at the target may do. Default: everything. */
    readonly role?: string;
}

export type RunChange = Partial<ReplicationRequest> & {
    readonly forget?: boolean;
    /** What the clock of this process shows. */
    readonly now?: () => number;
    readonly wrap?: (client: HttpClient) => HttpClient;
};

/** Two accounts with or without hierarchical namespaces, and whole runs from one to the other. */
export class LakeWorld {
    readonly names: Readonly<Record<Side, string>>;
    readonly #copied: Record<string, ReplicationRequest["copied"]> = {};
    readonly #writer: Cast["deployer"];

    constructor(
        readonly cast: Cast,
        readonly settings: LakeOptions = {},
    ) {
        made += 1;
        this.names = { source: `lakesource${String(made)}`, target: `laketarget${String(made)}` };
        this.#writer = settings.role === undefined ? this.owner("target") : writer(cast);
        for (const side of ["source", "target"] as const) {
            const isHnsEnabled = settings.trees?.[side] !== false;
            const tenant = side === "source" && settings.together !== true ? "production" : "staging";
            const id = place(cast, tenant, ACCOUNT, this.names[side], {
                kind: "StorageV2",
                sku: { name: "Standard_LRS" },
                properties: { isHnsEnabled },
            });
            give(cast, this.owner(side), "Storage Blob Data Owner", id);
            if (side === "target" && settings.role !== undefined) give(cast, this.#writer, settings.role, id);
        }
    }

    owner(side: Side): Cast["deployer"] {
        return side === "source" && this.settings.together !== true ? this.cast.producer : this.cast.deployer;
    }

    blobs(side: Side): BlobServiceClient {
        return new BlobServiceClient(
            `https://${this.names[side]}.blob.core.windows.net`,
            credentialOf(this.owner(side)),
        );
    }

    lake(side: Side): DataLakeServiceClient {
        return new DataLakeServiceClient(
            `https://${this.names[side]}.dfs.core.windows.net`,
            credentialOf(this.owner(side)),
        );
    }

    /** A container at both sides. */
    async container(name: string): Promise<void> {
        for (const side of ["source", "target"] as const) await this.blobs(side).createContainer(name);
    }

    async upload(name: string, content: string, side: Side = "source"): Promise<void> {
        const [container = "", ...path] = name.split("/");
        await this.blobs(side)
            .getContainerClient(container)
            .getBlockBlobClient(path.join("/"))
            .upload(content, Buffer.byteLength(content), { metadata: { kind: "file" } });
    }

    async setAcl(name: string, acl: string, owner?: string): Promise<void> {
        const [container = "", ...path] = name.split("/");
        await this.lake("source")
            .getFileSystemClient(container)
            .getFileClient(path.join("/"))
            .setAccessControl(toItems(acl), owner === undefined ? {} : { owner, group: owner });
    }

    async open(
        elementName: string,
        side: Side,
        wrap?: RunChange["wrap"],
        signal?: AbortSignal,
    ): Promise<Store> {
        const element = plugin.elements[elementName];
        if (element === undefined) throw new Error(`there is no ${elementName}`);
        const { client } = createHttpClient({
            side,
            element,
            timing: quickTiming().http,
            ...(signal && { signal }),
        });
        const isTree = this.settings.trees?.[side] !== false && this.settings.byBlobUrl !== true;
        const blob = `https://${this.names[side]}.blob.core.windows.net/`;
        const dfs = `https://${this.names[side]}.dfs.core.windows.net/`;
        const store = await element.open(
            {
                type: ACCOUNT,
                name: this.names[side],
                endpoints: { blob, ...(isTree ? { dfs } : {}) },
                reference: blob,
            },
            {
                side,
                mode: "replication",
                credential: fallBackToOwnTenant(
                    credentialOf(side === "target" ? this.#writer : this.owner(side)),
                ),
                cloud: clouds.public,
                httpClient: wrap?.(client) ?? client,
                signal: signal ?? new AbortController().signal,
                options: element.options.parse(this.#optionsOf(elementName)),
            },
        );
        return guardStore(store, { side, resource: blob });
    }

    async run(elementName: "directories" | "blobs", change: RunChange = {}): Promise<ReplicationResult> {
        const { forget, wrap, now, ...request } = change;
        const element = plugin.elements[elementName];
        if (element === undefined) throw new Error(`there is no ${elementName}`);
        const { signal = new AbortController().signal } = request;
        const source = await this.open(elementName, "source", undefined, signal);
        const items: Record<string, string> = {};
        const groups = summariseGroups();
        for await (const item of source.list()) {
            items[item.name] = item.version;
            groups.add(item);
        }
        const timing = quickTiming().replication;
        const key = `${elementName} ${request.detail ?? "items"}`;
        const result = await replicate(
            {
                element,
                source,
                target: await this.open(elementName, "target", wrap, signal),
                mode: "replication",
                detail: "items",
                selection: {},
                items: request.detail === "groups" ? groups.summaries() : items,
                copied: forget === true ? {} : (this.#copied[key] ?? {}),
                onConflict: "fail",
                prune: false,
                accessTimeoutMilliseconds: 0,
                options: this.#optionsOf(elementName),
                ...request,
                signal,
            },
            { ...timing, ...(now && { now }) },
        );
        this.#copied[key] = result.copied;
        return result;
    }

    /** Everything of a side that a copy must have too, by the official SDK. */
    async read(side: Side): Promise<Record<string, unknown>> {
        const found: Record<string, unknown> = {};
        for await (const { name: container } of this.blobs(side).listContainers()) {
            const files = this.lake(side).getFileSystemClient(container);
            found[container] = await describe(files.getDirectoryClient(""), true);
            for await (const { name = "", isDirectory } of files.listPaths({ recursive: true })) {
                const path =
                    isDirectory === true ? files.getDirectoryClient(name) : files.getFileClient(name);
                const content =
                    isDirectory === true
                        ? {}
                        : { content: String(await files.getFileClient(name).readToBuffer()) };
                found[`${container}/${name}`] = { ...(await describe(path, false)), ...content };
            }
        }
        return found;
    }

    #optionsOf(elementName: string): Record<string, unknown> {
        const { options = {} } = this.settings;
        if (elementName === "blobs") return options;
        return Object.fromEntries(
            Object.entries(options).filter(([name]) => name === "accessControl" || name === "principals"),
        );
    }
}

async function describe(path: DataLakePathClient, isRoot: boolean): Promise<Record<string, unknown>> {
    const { owner, group, acl } = await path.getAccessControl();
    const access = { owner, group, acl: JSON.stringify(acl) };
    if (isRoot) return access;
    const { metadata, contentType, cacheControl } = await path.getProperties();
    return { ...access, metadata, contentType, cacheControl };
}

export function toItems(acl: string): PathAccessControlItem[] {
    return acl.split(",").map((entry) => {
        const parts = entry.split(":");
        const defaultScope = parts[0] === "default";
        const [type = "", entityId = "", rights = ""] = defaultScope ? parts.slice(1) : parts;
        const permissions = {
            read: rights.startsWith("r"),
            write: rights[1] === "w",
            execute: rights[2] === "x",
        };
        return {
            accessControlType: type as PathAccessControlItem["accessControlType"],
            entityId,
            defaultScope,
            permissions,
        };
    });
}

/** An object ID that stays the same. */
export function principalId(number: number): string {
    const hex = createHash("sha256").update(String(number)).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A principal of the target's tenant with nothing but what it is given. */
function writer(cast: Cast): Cast["deployer"] {
    made += 1;
    const principal = {
        tenantId: cast.deployer.tenantId,
        clientId: principalId(1_000 + made),
        objectId: principalId(2_000 + made),
        displayName: "lake writer",
        secrets: [{ value: "local~lake-writer" }],
    };
    cast.azure.entra.addPrincipal(principal);
    return principal;
}
