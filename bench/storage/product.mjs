// The compiled package as users have it, opened and run as `pulumi up` does, for our side of the cases.

import { createRequire } from "node:module";
import { join } from "node:path";

const load = createRequire(import.meta.url);

/**
 * @param {string} folder Of the compiled package.
 * @returns {(path: string) => any} Loads a module of it.
 */
export const productIn = (folder) => (path) => load(join(folder, path));

/**
 * Opens both sides and replicates from one to the other, in replication mode and without records of earlier runs unless
 * `request` says otherwise.
 *
 * @param {(path: string) => any} product
 * @param {object} what
 * @param {any} what.plugin
 * @param {any} what.element
 * @param {string} what.service The label of the service in a host name: `blob`.
 * @param {any} what.baseClient Sends requests in the end.
 * @param {any} what.request What else a run is asked: `detail` and `items` at least.
 * @returns the result, and the meters of both sides.
 */
export async function replicateAll(product, { plugin, element, service, baseClient, request }) {
    const { openStore } = product("providers/core/open.js");
    const { replicate } = product("providers/core/replication/replicate.js");
    const { options = {} } = request;
    const open = (/** @type {"source" | "target"} */ side) =>
        openStore({
            plugin,
            element,
            reference: `https://bench${side}.${service}.core.windows.net`,
            side,
            mode: "replication",
            profileName: side,
            settings: { get: () => undefined },
            options,
            http: { baseClient },
        });
    const [source, target] = await Promise.all([open("source"), open("target")]);
    const result = await replicate({
        element,
        source: source.store,
        target: target.store,
        mode: "replication",
        selection: {},
        copied: {},
        onConflict: "fail",
        prune: false,
        accessTimeoutMilliseconds: 0,
        signal: new AbortController().signal,
        ...request,
        options,
    });
    for (const { item, error } of result.failures.slice(0, 3)) console.error(item, error);
    if (result.failures.length > 0) throw new Error(`${result.failures.length} failures`);
    return { result, meters: [source.meter, target.meter] };
}
