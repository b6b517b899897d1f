import { randomUUID } from "node:crypto";
import type { ArmRecord } from "../contract.js";

/** A resource with what ARM knows about it beside its body. */
export interface StoredResource {
    record: ArmRecord;
    etag: string;
    /** Milliseconds since the epoch. */
    createdAt: number;
    changedAt: number;
    /** Other members of the body, kept as they came: `identity`, `zones`. */
    other: Record<string, unknown>;
    /** How many reads still show it as being made. */
    pendingReads: number;
}

/** A resource group. */
export interface ResourceGroup {
    id: string;
    name: string;
    location: string;
    tags?: Record<string, string>;
    managedBy?: string;
}

interface SavedState {
    resources: StoredResource[];
    groups: ResourceGroup[];
    deletedVaults: DeletedVault[];
}

/** A vault that was deleted and can be recovered. */
export interface DeletedVault {
    resource: StoredResource;
    deletedAt: number;
    purgeAt: number;
}

/** All resources of all tenants, by their ID without case. */
export class ResourceStore {
    readonly #resources = new Map<string, StoredResource>();
    readonly groups = new Map<string, ResourceGroup>();
    /** By the vault's name without case: names are unique in Azure. */
    readonly deletedVaults = new Map<string, DeletedVault>();
    #hosts: Map<string, ArmRecord> | undefined;

    get(id: string): StoredResource | undefined {
        return this.#resources.get(id.toLowerCase());
    }

    set(resource: StoredResource): void {
        resource.etag = `"${randomUUID()}"`;
        this.#resources.set(resource.record.id.toLowerCase(), resource);
        this.#hosts = undefined;
    }

    /** Removes a resource and everything under it. */
    delete(id: string): void {
        const prefix = `${id.toLowerCase()}/`;
        for (const key of [...this.#resources.keys()]) {
            if (key === id.toLowerCase() || key.startsWith(prefix)) this.#resources.delete(key);
        }
        this.#hosts = undefined;
    }

    /** Resources in order of their IDs. */
    list(predicate: (record: ArmRecord) => boolean = () => true): StoredResource[] {
        return [...this.#resources]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([, resource]) => resource)
            .filter(({ record }) => predicate(record));
    }

    /** The resource of that type which answers at that host. */
    findByHost(type: string, host: string): ArmRecord | undefined {
        this.#hosts ??= new Map(
            this.list().flatMap(({ record }) =>
                hostsOf(record).map((name) => [`${record.type} ${name}`.toLowerCase(), record] as const),
            ),
        );
        return this.#hosts.get(`${type} ${host}`.toLowerCase());
    }

    save(): SavedState {
        return {
            resources: [...this.#resources.values()],
            groups: [...this.groups.values()],
            deletedVaults: [...this.deletedVaults.values()],
        };
    }

    load(state: unknown): void {
        const saved = state as SavedState;
        this.#resources.clear();
        for (const resource of saved.resources)
            this.#resources.set(resource.record.id.toLowerCase(), resource);
        this.groups.clear();
        for (const group of saved.groups) this.groups.set(group.id.toLowerCase(), group);
        this.deletedVaults.clear();
        for (const vault of saved.deletedVaults) {
            this.deletedVaults.set(vault.resource.record.name.toLowerCase(), vault);
        }
        this.#hosts = undefined;
    }
}

/** The properties in which the types of Azure say where their data planes are. */
const endpointProperties = [
    "vaultUri",
    "primaryEndpoints",
    "secondaryEndpoints",
    "loginServer",
    "documentEndpoint",
    "fullyQualifiedDomainName",
    "gatewayUrl",
    "managementApiUrl",
    "enabledHostNames",
];

function hostsOf(record: ArmRecord): string[] {
    return endpointProperties.flatMap((property) => strings(record.properties[property])).map(hostOf);
}

function strings(value: unknown): string[] {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

function hostOf(endpoint: string): string {
    return URL.canParse(endpoint) ? new URL(endpoint).hostname : endpoint;
}
