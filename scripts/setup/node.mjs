import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./paths.mjs";
import { isCompatible, read, run, say, SetupError } from "./shell.mjs";

/** The oldest Node that all dependencies run on: their `engines`, and `require` of ES modules without a warning. */
const oldest = "22.19.0";

const bundledPackage = join(root, "node_modules", "node");
const bundled = join(bundledPackage, "bin", process.platform === "win32" ? "node.exe" : "node");

/**
 * The folder of the Node to run everything on: the machine's own where it is new enough, else the one that the
 * npm package `node` brings.
 *
 * @returns {Promise<string>}
 */
export async function findNode() {
    const version = process.versions.node;
    if (Number.parseInt(version, 10) > 22 || isCompatible(version, oldest)) return dirname(process.execPath);
    if (!existsSync(bundled)) await installBundled(version);
    return dirname(bundled);
}

/** @param {string} version The machine's. */
async function installBundled(version) {
    say(`this machine's Node is ${version}, older than ${oldest}: fetching one with the npm package "node"`);
    // npm runs this by itself, unless its settings or its version keep install scripts from running.
    await run(process.execPath, ["installArchSpecificPackage.js"], { cwd: bundledPackage });
    if (read(bundled, ["--version"]) !== undefined) return;
    throw new SetupError(
        `Node ${version} is too old, and the npm package "node" has none for this machine.`,
        `Install Node ${oldest} or newer: https://nodejs.org`,
    );
}
