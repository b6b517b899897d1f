import type { Summary } from "../providers/core/replication/types.js";
import type { Status } from "./exit.js";

/** Everything that happens in a run, in its order: one stream for every way of showing it. */
export type RunEvent =
    | {
          readonly type: "inventory";
          readonly side: "source" | "target";
          readonly scope: string;
          readonly resources: number;
      }
    | {
          readonly type: "pair";
          readonly source: string;
          readonly target: string;
          readonly by: string;
          readonly replica: string;
      }
    | { readonly type: "unpaired"; readonly source: string; readonly reason: string }
    | { readonly type: "unsupported"; readonly resourceType: string; readonly count: number }
    | {
          readonly type: "phase";
          readonly phase: "infrastructure" | "contents";
          readonly action: "preview" | "deploy";
      }
    /** A line of the user's own program's deployment. */
    | { readonly type: "output"; readonly text: string }
    | { readonly type: "started"; readonly resource: string; readonly operation: string }
    /** How a resource stands; many a second, and only the last one counts. */
    | { readonly type: "progress"; readonly resource: string; readonly message: string }
    | {
          readonly type: "message";
          readonly severity: "info" | "warning" | "error";
          readonly resource?: string;
          readonly message: string;
      }
    | {
          readonly type: "ended";
          readonly resource: string;
          readonly operation: string;
          readonly failed: boolean;
      }
    | { readonly type: "found"; readonly resource: ResourceContents }
    | { readonly type: "compared"; readonly replica: ReplicaComparison }
    | { readonly type: "file"; readonly path: string }
    | { readonly type: "result"; readonly result: RunResult };

/** What a resource holds. */
export interface ResourceContents {
    readonly id: string;
    readonly kind: string;
    readonly elements: readonly {
        readonly element: string;
        readonly items?: number;
        readonly bytes?: number;
        /** Why it could not be listed. */
        readonly error?: string;
    }[];
}

/** How the two sides of a replica compare. */
export interface ReplicaComparison {
    readonly replica: string;
    readonly source: string;
    readonly target: string;
    readonly status: Status;
    readonly elements: readonly {
        readonly element: string;
        readonly counts?: ComparisonCounts;
        readonly error?: string;
    }[];
}

export interface ComparisonCounts {
    readonly equal: number;
    readonly different: number;
    readonly missing: number;
    /** There on both sides, and nothing that a listing shows proves them equal or different. */
    readonly unproven: number;
    /** Can't be carried. */
    readonly lost: number;
    /** Only at the target. */
    readonly extra: number;
}

/** What became of one element type of a replica. */
export interface ElementResult {
    readonly element: string;
    /** What the engine did: `create`, `update`, `same`, `delete`; `none` where it did not come to it. */
    readonly operation: string;
    readonly status: Status;
    /** Of this run; absent where nothing was to do or nothing came of it. */
    readonly summary?: Summary;
    readonly losses?: number;
    readonly errors: readonly string[];
}

export interface ReplicaResult {
    readonly replica: string;
    readonly source: string;
    readonly target: string;
    readonly status: Status;
    readonly elements: readonly ElementResult[];
}

export interface RunResult {
    readonly status: Status;
    readonly replicas: readonly ReplicaResult[];
    /** Resources of supported types that have no counterpart. */
    readonly unpaired: number;
    readonly seconds: number;
}
