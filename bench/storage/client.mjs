// Our side of a case, in a process of its own and as users have it: the compiled package, opened and run as `pulumi up`
// does. Prints what it did as JSON.

import process from "node:process";
import { performance } from "node:perf_hooks";
import { productIn, replicateAll } from "./product.mjs";
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
const product = productIn(job.product);

// Loaded here, so that `seconds` begin when they are there.
product("providers/core/open.js");
product("providers/core/replication/replicate.js");
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
const baseClient = routed(createBaseClient(), job);

/** A run as the provider does it. `copied` is what the run before wrote down. */
async function run(copied) {
    const started = performance.now();
    const { result, meters } = await replicateAll(product, {
        plugin,
        element,
        service,
        baseClient,
        request: {
            detail: "groups",
            // Only the name matters: it is what the run may write to.
            items: { [job.container]: { count: 0, bytes: 0, digest: "" } },
            copied,
        },
    });
    const sum = (count) => meters.reduce((total, meter) => total + meter.total[count], 0);
    return {
        seconds: (performance.now() - started) / 1000,
        requests: sum("requests"),
        retries: sum("retries"),
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
