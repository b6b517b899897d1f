import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { run, say, SetupError } from "./shell.mjs";

/**
 * Whether what is installed is what package-lock.json asks for, by npm's own record of what it installed.
 *
 * @returns {boolean}
 */
export function dependenciesAreInstalled() {
    const installed = packages(join(root, "node_modules", ".package-lock.json"));
    if (installed === undefined) return false;
    const wanted = packages(join(root, "package-lock.json")) ?? {};
    return Object.entries(wanted).every(
        ([path, entry]) =>
            path === "" ||
            // Optional ones are for other platforms: npm leaves them out.
            entry.optional === true ||
            entry.devOptional === true ||
            entry.peer === true ||
            installed[path]?.version === entry.version,
    );
}

/** Installs exactly what package-lock.json says. */
export async function installDependencies() {
    say("installing the packages of package-lock.json (npm ci)");
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const code = await run(npm, ["ci", "--no-audit", "--no-fund", "--loglevel", "error"], {
        cwd: root,
        shell: process.platform === "win32",
    });
    if (code === 127) throw new SetupError("npm is not on PATH.", "It comes with Node: https://nodejs.org");
    if (code !== 0) throw new SetupError(`npm ci failed (exit code ${code}); its messages are above.`);
}

/**
 * @param {string} file A lock file of npm's.
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }> | undefined}
 */
function packages(file) {
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}
