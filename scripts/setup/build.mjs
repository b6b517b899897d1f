import { existsSync, mkdirSync, rmSync, symlinkSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { files, fingerprint, readStamp, writeStamp } from "./fingerprint.mjs";
import { cache, packageName, root } from "./paths.mjs";
import { run, say, SetupError } from "./shell.mjs";

const output = join(root, "dist");
const contents = join(cache, "build.stamp");
const names = join(cache, "build-names.stamp");
const incremental = join(cache, "tsconfig.build.tsbuildinfo");

/**
 * Whether `dist/` is what the sources say.
 *
 * @returns {boolean}
 */
export function isBuilt() {
    return existsSync(output) && readStamp(contents) === fingerprint(sources());
}

/**
 * Compiles the package into `dist/`; only what changed since the last time.
 *
 * @param {string} node The folder of the Node to use.
 */
export async function build(node) {
    say("compiling the package into dist/");
    const before = fingerprint(sources());
    const list = sources().join("\n");
    if (readStamp(names) !== list) {
        // A compiled file whose source is gone would still be found, by the scan for plugins above all.
        rmSync(output, { recursive: true, force: true });
        rmSync(incremental, { force: true });
    }
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const code = await run(join(node, "node"), [compiler, "-p", "tsconfig.build.json"], { cwd: root });
    if (code !== 0) throw new SetupError("The package does not compile; the compiler's messages are above.");
    writeStamp(names, list);
    writeStamp(contents, before);
}

/**
 * Lets the examples import the package by its name, as a user's program does.
 */
export function linkExamples() {
    const folder = join(root, "examples", "node_modules");
    const link = join(folder, packageName);
    if (existsSync(link) && (process.platform === "win32" || readlinkSync(link) === join("..", ".."))) return;
    mkdirSync(folder, { recursive: true });
    rmSync(link, { recursive: true, force: true });
    symlinkSync(process.platform === "win32" ? root : join("..", ".."), link, "junction");
}

function sources() {
    return [
        "package.json",
        "tsconfig.json",
        "tsconfig.build.json",
        ...["index.ts", "dynamic.ts", "providers", "components", "cli"].flatMap((path) =>
            files(path, /\.ts$/),
        ),
    ];
}
