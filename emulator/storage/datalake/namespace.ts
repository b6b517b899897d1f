import type { ArmRecord } from "../../contract.js";
import { incarnation } from "../accounts.js";
import { fromPermissions, type AccessControl } from "./acl.js";

/** A file or directory, beside what its blob has. */
export interface PathNode extends AccessControl {
    isDirectory: boolean;
    /** Made through the dfs endpoint: Put Block can't write over it. */
    byPath?: boolean;
}

/** Who owns what was made with a key. */
export const SUPERUSER = "$superuser";

/** The accounts whose containers are trees. */
export function isHierarchical(account: ArmRecord): boolean {
    return account.properties.isHnsEnabled === true;
}

/** The trees of one container: nodes by path, the root's is empty. */
export class FileSystem {
    constructor(readonly nodes: Map<string, PathNode>) {}

    find(path: string): PathNode | undefined {
        return this.nodes.get(path);
    }

    /** All that is below a directory, the deepest last. */
    below(path: string): string[] {
        const prefix = path === "" ? "" : `${path}/`;
        return [...this.nodes.keys()].filter(
            (name) => name !== "" && name !== path && name.startsWith(prefix),
        );
    }
}

/** All trees. */
export class Namespaces {
    readonly #trees = new Map<string, Map<string, PathNode>>();

    /** A container that was not seen yet has its root alone, which whoever made it owns. */
    of(account: ArmRecord, container: string, creator = SUPERUSER): FileSystem {
        const key = keyOf(account, container);
        const known = this.#trees.get(key);
        if (known !== undefined) return new FileSystem(known);
        const root = { isDirectory: true, owner: creator, group: creator, acl: fromPermissions("rwxr-x---") };
        const nodes = new Map<string, PathNode>([["", root]]);
        this.#trees.set(key, nodes);
        return new FileSystem(nodes);
    }

    forget(account: ArmRecord, container: string): void {
        this.#trees.delete(keyOf(account, container));
    }

    save(): unknown {
        return [...this.#trees].map(([key, nodes]) => [key, [...nodes]]);
    }

    load(state: unknown): void {
        for (const [key, nodes] of state as [string, [string, PathNode][]][])
            this.#trees.set(key, new Map(nodes));
    }
}

/** The directories that a path is in, the outermost first, without the root. */
export function ancestors(path: string): string[] {
    const parts = path.split("/");
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

export function parentOf(path: string): string {
    return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** Folder by folder: what is in a directory comes right behind it. */
export function compareTree(a: string, b: string): number {
    const [left, right] = [a.replaceAll("/", "\0"), b.replaceAll("/", "\0")];
    return left < right ? -1 : left > right ? 1 : 0;
}

function keyOf(account: ArmRecord, container: string): string {
    return `${incarnation(account)} ${container}`;
}
