// Our side, in a process of its own and as users have it.

import process from "node:process";
import { productIn, replicateAll } from "../product.mjs";
import { routed } from "../routing.cjs";

const job = JSON.parse(process.argv[2] ?? "");
const product = productIn(job.product);
const { createBaseClient } = product("providers/core/http/base-client.js");
const { plugin } = product("providers/storage/index.js");

const { result } = await replicateAll(product, {
    plugin,
    element: plugin.elements.queues,
    service: "queue",
    baseClient: routed(createBaseClient(), job),
    request: {
        detail: "items",
        // Only the names matter: they are what the run may write.
        items: Object.fromEntries(job.queues.map((name) => [name, ""])),
        options: { messages: "copy", acknowledge: ["messages"] },
    },
});
process.stdout.write(JSON.stringify(result.summary));
// Kept connections would hold the process for some seconds.
process.exit();
