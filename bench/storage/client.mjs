// Our side of a case, in a process of its own and as users have it: the compiled package, opened and run as `pulumi up`
// does. Prints what it did as JSON.

import { createHmac, createSecretKey } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { URLSearchParams } from "node:url";

/**
 * @typedef {object} Side
 * @property {string} origin `http://127.0.0.1:10000`.
 * @property {string} account
 *
 * @typedef {object} Job
 * @property {string} product The folder of the compiled package.
 * @property {Side} source
 * @property {Side} target
 * @property {string} container
 * @property {string} key The key of both accounts.
 * @property {boolean} signs Requests are signed with the key; stubs ask for nothing.
 * @property {number} repeat Times that it is run in this process after the first.
 * @property {object} [sizes] Which blobs the service copies in blocks, where that is not the product's own choice.
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2] ?? "");
const load = createRequire(import.meta.url);
/** @type {(path: string) => any} */
const product = (path) => load(join(job.product, path));

const { openStore } = product("providers/core/open.js");
const { replicate } = product("providers/core/replication/replicate.js");
const { createBaseClient } = product("providers/core/http/base-client.js");
const { plugin } = product("providers/storage/index.js");

// Made once, as Go makes it: half of the cost of a signature.
const key = createSecretKey(Buffer.from(job.key, "base64"));
const { openBlobStore } = product("providers/storage/blob-store.js");
const element =
    job.sizes === undefined
        ? plugin.elements.blobs
        : {
              ...plugin.elements.blobs,
              open: (resource, context) => openBlobStore(resource, context, job.sizes),
          };

/** @type {Record<string, Side>} */
const sides = {
    "benchsource.blob.core.windows.net": job.source,
    "benchtarget.blob.core.windows.net": job.target,
};

/**
 * Stands for DNS, TLS and tokens, which a local server has not: production's host names lead to the servers of the
 * benchmark, and requests are signed with the accounts' key, as the peers' are.
 */
function routed(next) {
    return {
        async sendRequest(request) {
            const { url } = request;
            const { host, pathname, search } = new URL(url);
            const side = sides[host];
            if (side === undefined) throw new Error(`a request to ${host}`);
            const path = `/${side.account}${pathname}`;
            request.url = `${side.origin}${path}${search}`;
            request.allowInsecureConnection = true;
            if (job.signs) sign(request, side.account, path, search);
            try {
                return await next.sendRequest(request);
            } finally {
                request.url = url;
            }
        },
    };
}

const signedHeaders = [
    ...["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"],
    ...["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"],
];

/** https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
function sign(request, account, path, search) {
    const { headers } = request;
    if (request.body !== undefined && request.body !== null && !headers.has("content-length")) {
        headers.set("content-length", String(request.body.length));
    }
    const standard = signedHeaders.map((name) => {
        const value = headers.get(name) ?? "";
        return name === "content-length" && value === "0" ? "" : value;
    });
    const own = [];
    for (const [name, value] of headers) if (name.startsWith("x-ms-")) own.push(`${name}:${value.trim()}\n`);
    const query = [...new URLSearchParams(search)]
        .map(([name, value]) => `\n${name.toLowerCase()}:${value}`)
        .sort()
        .join("");
    const text = `${[request.method, ...standard].join("\n")}\n${own.sort().join("")}/${account}${path}${query}`;
    const signature = createHmac("sha256", key).update(text, "utf8").digest("base64");
    headers.set("authorization", `SharedKey ${account}:${signature}`);
}

const http = { baseClient: routed(createBaseClient()) };

async function open(side) {
    return openStore({
        plugin,
        element,
        reference: `https://bench${side}.blob.core.windows.net`,
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

const first = await run({});
let last = first;
for (let again = 0; again < job.repeat; again += 1) last = await run(last.copied);
const { seconds, requests, retries, state, summary } = first;
process.stdout.write(JSON.stringify({ seconds, requests, retries, state, summary, again: last.seconds }));
// Kept connections would hold the process for some seconds.
process.exit(0);
