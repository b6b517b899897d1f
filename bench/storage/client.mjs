// Our side of a case, in a process of its own and as users have it: the compiled package, opened and run as `pulumi up`
// does. Prints what it did as JSON.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { routed } from "./routing.cjs";

/**
 * @typedef {object} Run
 * @property {string} product The folder of the compiled package.
 * @property {"blobs" | "files"} element What is copied.
 * @property {string} container The container, or the share.
 * @property {number} repeat Times that it is run in this process after the first.
 * @property {object} copied What a run before wrote down.
 * @property {object} [sizes] Which blobs the service copies in blocks, where that is not the product's own choice.
 */

/** @type {Run & import("./routing.cjs").Routes} */
const job = JSON.parse(process.argv[2] ?? "");
const load = createRequire(import.meta.url);
/** @type {(path: string) => any} */
const product = (path) => load(join(job.product, path));

const { openStore } = product("providers/core/open.js");
const { replicate } = product("providers/core/replication/replicate.js");
const { createBaseClient } = product("providers/core/http/base-client.js");
const { plugin } = product("providers/storage/index.js");

const { openBlobStore } = product("providers/storage/blob-store.js");
const chosen = plugin.elements[job.element];
const element =
    job.sizes === undefined
        ? chosen
        : {
              ...chosen,
              open: (resource, context) => openBlobStore(resource, context, job.sizes),
          };

const service = job.element === "blobs" ? "blob" : "file";
const http = { baseClient: routed(createBaseClient(), job) };

async function open(side) {
    return openStore({
        plugin,
        element,
        reference: `https://bench${side}.${service}.core.windows.net`,
        side,
        mode: "replication",
        profileName: side,
        settings: { get: () => undefined },
        options: {},
        http,
    });
}

/** A run as the provider does it. `copied` is what the run before wrote down. */
async function run(copied) {
    const started = performance.now();
    const [source, target] = await Promise.all([open("source"), open("target")]);
    // Only the name matters: it is what the run may write to.
    const items = { [job.container]: { count: 0, bytes: 0, digest: "" } };
    const result = await replicate({
        element,
        source: source.store,
        target: target.store,
        mode: "replication",
        detail: "groups",
        selection: {},
        items,
        copied,
        onConflict: "fail",
        prune: false,
        accessTimeoutMilliseconds: 0,
        signal: new AbortController().signal,
        options: {},
    });
    for (const { item, error } of result.failures.slice(0, 3)) console.error(item, error);
    if (result.failures.length > 0) throw new Error(`${result.failures.length} failures`);
    return {
        seconds: (performance.now() - started) / 1000,
        requests: source.meter.total.requests + target.meter.total.requests,
        retries: source.meter.total.retries + target.meter.total.retries,
        state: Buffer.byteLength(JSON.stringify(result.copied)),
        summary: result.summary,
        copied: result.copied,
    };
}

const first = await run(job.copied);
let last = first;
for (let again = 0; again < job.repeat; again += 1) last = await run(last.copied);
const { seconds, requests, retries, state, summary, copied } = first;
process.stdout.write(
    JSON.stringify({ seconds, requests, retries, state, summary, copied, again: last.seconds }),
);
// Kept connections would hold the process for some seconds.
process.exit(0);
