import * as pulumi from "@pulumi/pulumi";
import type { DetailArgs, ReplicaArgs } from "../providers/core/pulumi/resource.js";
import {
    Blobs,
    Containers,
    Directories,
    Entities,
    Files,
    Queues,
    ServiceProperties,
    Shares,
    Tables,
    type BlobsArgs,
    type QueuesArgs,
} from "../providers/storage/resources.js";
import { defined } from "./defined.js";

/** What `StorageReplica` takes. */
export interface StorageReplicaArgs
    extends
        Omit<ReplicaArgs, "include" | "exclude">,
        DetailArgs,
        Pick<BlobsArgs, "immutability" | "encryptionScopes" | "rehydrate" | "accessControl" | "principals">,
        Pick<QueuesArgs, "messages" | "acknowledge" | "visibilityTimeout"> {
    /** Glob patterns on container names, for the containers and the blobs in them. Default all. */
    containers?: string[];
    /** Glob patterns on a blob's path within its container. Default all. */
    include?: string[];
    /** Glob patterns on a blob's path within its container, to leave out. */
    exclude?: string[];
    /** Carries the public access level of each container too. Default false. */
    publicAccess?: boolean;
    /** Carries stored access policies of containers. Default: where they can be read, else they are a loss. */
    policies?: boolean;
    /** Carries index tags. Default: where the role is there. */
    tags?: boolean;
    /** Carries snapshots of blobs. Default false. */
    snapshots?: boolean;
    /**
     * Carries directories with their access control, before the blobs: for accounts with a hierarchical namespace. Default
     * false: there are then only those that files are in, with what a new directory gets.
     */
    directories?: boolean;
    /**
     * Carries the settings of the blob service and of those whose contents are carried, such as rules of CORS, which takes
     * roles for the account itself: `Reader` at the source and `Storage Account Contributor` at the target. Default false.
     */
    serviceProperties?: boolean;
    /**
     * Carries file shares and, in `replication` mode, the files in them: all (`true`), or those whose names match the glob
     * patterns. Takes roles of its own, see `Shares` and `Files`. Default false.
     */
    shares?: string[] | boolean;
    /**
     * Carries tables and, in `replication` mode, their entities: all (`true`), or those whose names match the glob patterns.
     * Takes roles of its own, see `Tables` and `Entities`. Default false.
     */
    tables?: string[] | boolean;
    /**
     * Carries queues: all (`true`), or those whose names match the glob patterns. Takes roles of its own, see `Queues`.
     * Default false.
     */
    queues?: string[] | boolean;
}

/** Which shares, tables or queues: none, all, or those whose names match the patterns. */
type Asked = string[] | boolean | undefined;

type ReplicaClass<Args, Made> = new (
    name: string,
    args: ReplicaArgs & Args,
    options: pulumi.CustomResourceOptions,
) => Made;
type StoresClass<Made> = ReplicaClass<Pick<StorageReplicaArgs, "policies">, Made>;
type ContentsClass<Made> = ReplicaClass<DetailArgs, Made>;

/**
 * The contents of a storage account in one resource: its blob containers and, in `replication` mode, their blobs
 * (there are no empty blobs: `template` makes the containers alone); its file shares, files,
 * tables, entities and queues where they are asked for.
 */
export class StorageReplica extends pulumi.ComponentResource {
    readonly containers: Containers;
    /** Only in `replication` mode. */
    readonly blobs: Blobs | undefined = undefined;
    /** Only with `directories: true`. */
    readonly directories: Directories | undefined = undefined;
    /** Only with `serviceProperties: true`. */
    readonly serviceProperties: ServiceProperties | undefined = undefined;
    /** Only with `shares`. */
    readonly shares: Shares | undefined;
    /** Only with `shares`, in `replication` mode. */
    readonly files: Files | undefined;
    /** Only with `tables`. */
    readonly tables: Tables | undefined;
    /** Only with `tables`, in `replication` mode. */
    readonly entities: Entities | undefined;
    /** Only with `queues`. */
    readonly queues: Queues | undefined;

    constructor(name: string, args: StorageReplicaArgs, options?: pulumi.ComponentResourceOptions) {
        super("azure-dataplane:index:StorageReplica", name, {}, options);
        const { containers, include, exclude, publicAccess, policies, tags, detail, ...others } = args;
        const { snapshots, immutability, encryptionScopes, rehydrate, ...settings } = others;
        const { serviceProperties, shares, tables, queues, ...further } = settings;
        const { directories, accessControl, principals, ...rest } = further;
        const { messages, acknowledge, visibilityTimeout, ...common } = rest;
        const bound = { immutability, encryptionScopes, rehydrate };
        const access = { accessControl, principals };
        this.containers = new Containers(
            `${name}-containers`,
            { ...common, ...defined({ include: containers, publicAccess, policies }) },
            { parent: this },
        );
        if (directories === true) {
            this.directories = new Directories(
                `${name}-directories`,
                { ...common, ...defined({ ...directoryPatterns(args), detail, ...access }) },
                { parent: this, dependsOn: [this.containers] },
            );
        }
        if (args.mode === "replication") {
            this.blobs = new Blobs(
                `${name}-blobs`,
                {
                    ...common,
                    ...defined({ ...blobPatterns(args), tags, snapshots, detail, ...bound, ...access }),
                },
                { parent: this, dependsOn: [this.directories ?? this.containers] },
            );
        }
        if (serviceProperties === true) {
            this.serviceProperties = new ServiceProperties(
                `${name}-service-properties`,
                { ...common, services: servicesOf(args) },
                { parent: this },
            );
        }
        const stores = <Stores>(
            kind: string,
            asked: Asked,
            Stores: StoresClass<Stores>,
            more: object = {},
        ): Stores | undefined => {
            if (asked === undefined || asked === false) return undefined;
            const include = asked === true ? undefined : asked;
            return new Stores(
                `${name}-${kind}`,
                { ...common, ...defined({ include, policies, ...more }) },
                { parent: this },
            );
        };
        const contents = <Contents>(
            kind: string,
            [asked, within]: readonly [Asked, pulumi.Resource | undefined],
            Contents: ContentsClass<Contents>,
        ): Contents | undefined => {
            if (within === undefined || args.mode !== "replication") return undefined;
            const include = Array.isArray(asked) ? asked.map((pattern) => `${pattern}/**`) : undefined;
            return new Contents(
                `${name}-${kind}`,
                { ...common, ...defined({ include, detail }) },
                { parent: this, dependsOn: [within] },
            );
        };
        this.shares = stores("shares", shares, Shares);
        this.files = contents("files", [shares, this.shares], Files);
        this.tables = stores("tables", tables, Tables);
        this.entities = contents("entities", [tables, this.tables], Entities);
        this.queues = stores("queues", queues, Queues, {
            messages,
            acknowledge,
            visibilityTimeout,
        });
        this.registerOutputs(
            defined({
                containers: this.containers.summary,
                directories: this.directories?.summary,
                blobs: this.blobs?.summary,
                serviceProperties: this.serviceProperties?.summary,
                shares: this.shares?.summary,
                files: this.files?.summary,
                tables: this.tables?.summary,
                entities: this.entities?.summary,
                queues: this.queues?.summary,
            }),
        );
    }
}

/** Those whose contents are carried. */
function servicesOf({
    queues = false,
    tables = false,
    shares = false,
}: StorageReplicaArgs): ("blob" | "queue" | "table" | "file")[] {
    return [
        "blob",
        ...(queues === false ? [] : (["queue"] as const)),
        ...(tables === false ? [] : (["table"] as const)),
        ...(shares === false ? [] : (["file"] as const)),
    ];
}

/** The same for directories; without patterns on paths, the root directories of the containers as well. */
function directoryPatterns(args: Pick<StorageReplicaArgs, "containers" | "include" | "exclude">): {
    include: string[] | undefined;
    exclude: string[] | undefined;
} {
    const { include, exclude } = blobPatterns(args);
    const roots = args.include === undefined ? (args.containers ?? []) : [];
    return { include: include === undefined ? undefined : [...include, ...roots], exclude };
}

/** Patterns on `container/path` from those on containers and those on paths. */
export function blobPatterns(args: Pick<StorageReplicaArgs, "containers" | "include" | "exclude">): {
    include: string[] | undefined;
    exclude: string[] | undefined;
} {
    const { containers, include, exclude } = args;
    const all = containers === undefined && include === undefined;
    return {
        include: all
            ? undefined
            : (containers ?? ["*"]).flatMap((container) =>
                  (include ?? ["**"]).map((path) => `${container}/${path}`),
              ),
        exclude: exclude?.map((path) => `*/${path}`),
    };
}
