/**
 * Makes a fresh clone ready: dependencies, Node, the Pulumi CLI, the compiled package. Runs on plain Node 20 or newer
 * with nothing installed; quick when there is nothing to do. `node scripts/setup.mjs` does it alone; `npm test` and
 * the other commands do it by themselves.
 */
import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, isBuilt, linkExamples } from "./setup/build.mjs";
import { dependenciesAreInstalled, installDependencies } from "./setup/dependencies.mjs";
import { writeStamp } from "./setup/fingerprint.mjs";
import { locked } from "./setup/lock.mjs";
import { findNode } from "./setup/node.mjs";
import { cache } from "./setup/paths.mjs";
import { findPulumi, installPulumi } from "./setup/pulumi.mjs";
import { SetupError } from "./setup/shell.mjs";

/**
 * What a task may ask for. Dependencies and Node are always there.
 *
 * @typedef {"pulumi" | "build"} Need
 */

/**
 * Sets up what is missing.
 *
 * @param {readonly Need[]} [needs] Everything by default.
 * @returns {Promise<{ node: string, path: string }>} The folder of the Node to use; a PATH with it and the CLI first.
 */
export async function setup(needs = ["pulumi", "build"]) {
    if (!dependenciesAreInstalled()) {
        await locked(async () => dependenciesAreInstalled() || installDependencies());
    }
    const node = await findNode();
    const folders = [node];
    if (needs.includes("pulumi")) {
        if (findPulumi() === undefined) {
            await locked(async () => findPulumi() ?? installPulumi(node));
        }
        folders.push(...(findPulumi() ?? []));
        // The helper that runs the CLI in tests and in the demo looks here.
        writeStamp(join(cache, "tools.json"), JSON.stringify({ path: folders }));
    }
    if (needs.includes("build")) {
        linkExamples();
        if (!isBuilt()) await locked(async () => isBuilt() || build(node));
    }
    return {
        node,
        path: [...new Set([...folders, ...(process.env.PATH ?? "").split(delimiter)])].join(delimiter),
    };
}

/**
 * Tells people of a failure: a plain message for what setup can't do, everything for what is a defect.
 *
 * @param {unknown} error
 */
export function report(error) {
    process.stderr.write(
        error instanceof SetupError ? `setup: ${error.message}\n` : `${error?.stack ?? error}\n`,
    );
    process.exitCode = 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
    await setup().catch(report);
}
