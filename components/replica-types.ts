import type * as pulumi from "@pulumi/pulumi";
import type { Mode } from "../providers/core/contract.js";
import { KeyVaultReplica, type KeyVaultReplicaArgs } from "./key-vault-replica.js";
import { StorageReplica, type StorageReplicaArgs } from "./storage-replica.js";

/** The components that hold all contents of one resource, by their names in programs and in stack configuration. */
export interface ReplicaTypes {
    KeyVaultReplica: KeyVaultReplicaArgs;
    StorageReplica: StorageReplicaArgs;
}

export type ReplicaTypeName = keyof ReplicaTypes;

const constructors: {
    [Name in ReplicaTypeName]: new (
        name: string,
        args: ReplicaTypes[Name],
        options?: pulumi.ComponentResourceOptions,
    ) => pulumi.ComponentResource;
} = { KeyVaultReplica, StorageReplica };

/** Declares a replica of a whole resource by its type's name. */
export function declareReplica<Name extends ReplicaTypeName>(
    type: Name,
    name: string,
    args: ReplicaTypes[Name],
    options?: pulumi.ComponentResourceOptions,
): pulumi.ComponentResource {
    return new constructors[type](name, args, options);
}

/** What a replica of a whole resource is made with: plain data, for a component, stack configuration or source code. */
export interface WholeResource {
    readonly type: ReplicaTypeName;
    /** Arguments that belong to the type; source, target and mode are not among them. */
    readonly settings: Readonly<Record<string, string[] | boolean>>;
    /** The element types that it replicates. */
    readonly elements: readonly string[];
}

/** What is asked for of a resource. */
export interface ContentsWish {
    readonly mode: Mode;
    /** Names of element types, such as `secrets` or `blobs`; default all that the component takes. */
    readonly contents?: readonly string[] | undefined;
}

type Chooser = (takes: (element: string) => boolean, wish: ContentsWish) => WholeResource | undefined;

/** Contents that are left out unless they are named: reading them takes a role that may write at the source. */
const onlyNamed: ReadonlySet<string> = new Set(["contacts", "serviceProperties", "directories"]);

const vaultElements = ["secrets", "keys", "certificates", "issuers", "contacts"];

/** What a `StorageReplica` takes beside containers and blobs; what lies within the first name comes along in replication mode. */
const storageParts: readonly { argument: string; names: readonly string[] }[] = [
    { argument: "directories", names: ["directories"] },
    { argument: "serviceProperties", names: ["serviceProperties"] },
    { argument: "shares", names: ["shares", "files"] },
    { argument: "tables", names: ["tables", "entities"] },
    { argument: "queues", names: ["queues"] },
];

/** By the plugin's kind. A kind that is not here has no component for a whole resource yet. */
const choosers: Readonly<Record<string, Chooser>> = {
    keyvault: (takes) => {
        const contents = vaultElements.filter(takes);
        if (contents.length === 0) return undefined;
        return { type: "KeyVaultReplica", settings: { contents }, elements: contents };
    },
    storage: (takes, { mode }) => {
        const replicates = mode === "replication";
        const parts = storageParts.filter(({ names }) => names.some(takes));
        if (parts.length === 0 && !["containers", "blobs"].some(takes)) return undefined;
        const elements = parts.flatMap(({ names: [outer, ...inner] }) => [
            ...(outer === undefined ? [] : [outer]),
            ...(replicates ? inner : []),
        ]);
        return {
            type: "StorageReplica",
            settings: Object.fromEntries(parts.map(({ argument }) => [argument, true])),
            // The component takes these in any case.
            elements: ["containers", ...(replicates ? ["blobs"] : []), ...elements],
        };
    },
};

/**
 * The replica of a whole resource, or undefined where its kind has no component or nothing that is asked for is in it.
 *
 * @param kind the plugin's.
 */
export function wholeResource(kind: string, wish: ContentsWish): WholeResource | undefined {
    const { contents } = wish;
    const takes = (element: string) =>
        contents === undefined ? !onlyNamed.has(element) : contents.includes(element);
    return Object.hasOwn(choosers, kind) ? choosers[kind]?.(takes, wish) : undefined;
}

/** The kinds of plugins that have a component for a whole resource. */
export function kindsWithReplica(): string[] {
    return Object.keys(choosers);
}
