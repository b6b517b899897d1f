// Our side, in a process of its own and as users have it: the compiled package, opened and run as `pulumi up` does.

import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { routed } from "../routing.cjs";

const job = JSON.parse(process.argv[2] ?? "");
const load = createRequire(import.meta.url);
const product = (path) => load(join(job.product, path));

const { openStore } = product("providers/core/open.js");
const { replicate } = product("providers/core/replication/replicate.js");
const { createBaseClient } = product("providers/core/http/base-client.js");
const { plugin } = product("providers/storage/index.js");

const element = plugin.elements.queues;
const options = { messages: "copy", acknowledge: ["messages"] };
const baseClient = routed(createBaseClient(), job);

const open = (side) =>
    openStore({
        plugin,
        element,
        reference: `https://bench${side}.queue.core.windows.net`,
        side,
        mode: "replication",
        profileName: side,
        settings: { get: () => undefined },
        options,
        http: { baseClient },
    });

const [source, target] = await Promise.all([open("source"), open("target")]);
const { failures, summary } = await replicate({
    element,
    source: source.store,
    target: target.store,
    mode: "replication",
    detail: "items",
    selection: {},
    // Only the names matter: they are what the run may write.
    items: Object.fromEntries(job.queues.map((name) => [name, ""])),
    copied: {},
    onConflict: "fail",
    prune: false,
    accessTimeoutMilliseconds: 0,
    signal: new AbortController().signal,
    options,
});
if (failures.length > 0) throw failures[0].error;
process.stdout.write(JSON.stringify(summary));
// Kept connections would hold the process for some seconds.
process.exit();
