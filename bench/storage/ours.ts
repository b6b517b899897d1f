import { join } from "node:path";
import { startIdentity } from "./identity.js";
import { measured } from "./measure.js";
import { accountKey, containerName, root, type Place } from "./place.js";

/** What our client says of its run. */
export interface Told {
    /** From when the modules that every run loads are there to the end of the run. */
    readonly seconds: number;
    readonly requests: number;
    readonly retries: number;
    /** Bytes of state. */
    readonly state: number;
    readonly again: number;
    /** The records, as they would stand in the state. */
    readonly copied: object;
    readonly summary: {
        readonly created: number;
        readonly same: number;
        readonly paths: Record<string, number>;
    };
}

export interface OurOptions {
    /** What is copied. Default: blobs. */
    readonly element?: "blobs" | "files";
    /** Requests are signed with the account's key. Stubs ask for nothing. */
    readonly signs: boolean;
    /** How often it runs once more in the same process. Default 0. */
    readonly repeat?: number;
    /** What a run before wrote down. Default: there was none. */
    readonly copied?: object;
    /** Instead of the product's own choice of what the service copies in blocks. In bytes. */
    readonly sizes?: {
        readonly oneCall: number;
        readonly copiedBlock: number;
        readonly copiedBlocksAtOnce: number;
    };
}

/** The compiled package; a developer may name another folder. */
export const product = process.env.BENCH_PRODUCT ?? join(root, "dist");

/** Runs our client once, with a sign-in by managed identity that this process answers. */
export async function runOurs(place: Place, options: OurOptions) {
    await using identity = await startIdentity();
    const job = {
        ...place,
        product,
        element: options.element ?? "blobs",
        container: containerName,
        key: accountKey,
        signs: options.signs,
        repeat: options.repeat ?? 0,
        copied: options.copied ?? {},
        ...(options.sizes === undefined ? {} : { sizes: options.sizes }),
    };
    const { output, ...figures } = await measured(
        process.execPath,
        [join(__dirname, "client.mjs"), JSON.stringify(job)],
        identity.environment,
    );
    return { ...figures, told: JSON.parse(output) as Told };
}
