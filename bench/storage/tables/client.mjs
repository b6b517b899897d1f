// Our side, in a process of its own and as users have it: the compiled package, opened and run as `pulumi up` does.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { signed } from "./shared-key.cjs";

const job = JSON.parse(process.argv[2] ?? "");
const load = createRequire(import.meta.url);
const product = (path) => load(join(job.product, path));

const { openStore } = product("providers/core/open.js");
const { replicate } = product("providers/core/replication/replicate.js");
const { createBaseClient } = product("providers/core/http/base-client.js");
const { plugin } = product("providers/storage/index.js");

const element = plugin.elements.entities;
const next = createBaseClient();

/** Stands for DNS, TLS and tokens, which a local server has not: also within transactions, which hold whole URLs. */
const routed = {
    async sendRequest(request) {
        const { url, body } = request;
        const { host, pathname, search } = new URL(url);
        const side = host.startsWith("benchsource.") ? job.source : job.target;
        const path = `/${side.account}${pathname}`;
        request.url = `${side.origin}${path}${search}`;
        request.allowInsecureConnection = true;
        if (pathname === "/$batch")
            request.body = body.replaceAll(`https://${host}/`, `${side.origin}/${side.account}/`);
        for (const [name, value] of Object.entries(signed(side.account, job.key, path)))
            request.headers.set(name, value);
        try {
            return await next.sendRequest(request);
        } finally {
            request.url = url;
            if (body !== undefined) request.body = body;
        }
    },
};

const open = (side) =>
    openStore({
        plugin,
        element,
        reference: `https://bench${side}.table.core.windows.net`,
        side,
        mode: "replication",
        profileName: side,
        settings: { get: () => undefined },
        options: {},
        http: { baseClient: routed },
    });

const [source, target] = await Promise.all([open("source"), open("target")]);
const { failures, summary } = await replicate({
    element,
    source: source.store,
    target: target.store,
    mode: "replication",
    detail: "groups",
    selection: {},
    // Only the name matters: it is what the run may write to.
    items: { [job.table]: { count: 0, bytes: 0, digest: "" } },
    copied: {},
    onConflict: "fail",
    prune: false,
    accessTimeoutMilliseconds: 0,
    signal: new AbortController().signal,
    options: {},
});
if (failures.length > 0) throw failures[0].error;
process.stdout.write(JSON.stringify(summary));
// Kept connections would hold the process for some seconds.
process.exit();
