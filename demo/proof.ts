import type { Clients } from "./clients.js";
import { compareBlobs } from "./proof-blobs.js";
import { compareContainers } from "./proof-containers.js";
import { compareSecrets } from "./proof-secrets.js";

/** What was read from both sides and found equal. */
export interface Proof {
    secrets: number;
    containers: number;
    blobs: number;
    /** Attributes, headers, tags and the like that were compared, beside contents. */
    properties: number;
    /** Bytes of content that were compared. */
    bytes: number;
}

/** The two sides differ where they should not. */
export class NotEqual extends Error {
    constructor(differences: readonly string[]) {
        super(`The two sides differ:\n${differences.map((line) => `  ${line}`).join("\n")}`);
        this.name = "NotEqual";
    }
}

/**
 * Reads everything on both sides with the official SDKs and compares every attribute and every byte. Nothing of what
 * the replicas report takes part.
 *
 * Throws `NotEqual` with one line per difference.
 */
export async function prove(production: Clients, staging: Clients): Promise<Proof> {
    const [secrets, containers, blobs] = await Promise.all([
        compareSecrets(production.secrets, staging.secrets),
        compareContainers(production.blobs, staging.blobs),
        compareBlobs(production.blobs, staging.blobs),
    ]);
    const all = [secrets, containers, blobs];
    const differences = all.flatMap((comparison) => comparison.differences);
    if (differences.length > 0) throw new NotEqual(differences);
    return {
        secrets: secrets.items,
        containers: containers.items,
        blobs: blobs.items,
        properties: all.reduce((sum, { properties }) => sum + properties, 0),
        bytes: all.reduce((sum, comparison) => sum + comparison.bytes, 0),
    };
}
