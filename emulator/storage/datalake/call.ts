import type { ArmRecord } from "../../contract.js";
import type { Access } from "../authorization.js";
import type { BlobRequest } from "../blob-request.js";
import type { Blobs } from "./backend.js";
import type { Hierarchy } from "./hierarchy.js";
import type { FileSystem, Namespaces } from "./namespace.js";

/** What operations work with. */
export interface World {
    readonly blobs: Blobs;
    readonly trees: Namespaces;
    readonly hierarchy: Hierarchy;
    /** Bytes that were appended to files and not flushed, by position. */
    readonly appended: Map<string, Map<number, Buffer>>;
}

/** A request to the dfs endpoint that may pass. */
export interface PathCall {
    readonly account: ArmRecord;
    readonly request: BlobRequest;
    readonly container: string;
    /** Without empty parts; empty: the root directory. */
    readonly path: string;
    readonly tree: FileSystem;
    readonly access: Access;
    readonly world: World;
    /** Names the path among those of all accounts. */
    readonly key: string;
    query(name: string): string | undefined;
}
