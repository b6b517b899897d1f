import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Something setup can't do, with a message for people; it is printed without a stack. */
export class SetupError extends Error {
    /**
     * @param {string} message What failed.
     * @param {string} [remedy] What to do about it.
     */
    constructor(message, remedy) {
        super(remedy === undefined ? message : `${message}\n  ${remedy}`);
        this.name = "SetupError";
    }
}

/** @param {string} message One line that says what setup is doing. Standard error, so that results can be piped. */
export function say(message) {
    process.stderr.write(`setup: ${message}\n`);
}

/**
 * Runs a program to its end, with its output on the terminal (on standard error).
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { timeout?: number }} [options]
 * @returns {Promise<number>} The exit code; 127 where it could not be started, 124 where it took longer than `timeout`.
 */
export function run(command, args, options = {}) {
    return new Promise((resolve) => {
        const child = spawn(command, args, { stdio: ["ignore", 2, 2], ...options });
        child.on("error", () => resolve(127));
        child.on("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 124));
    });
}

/**
 * What a program prints, or undefined where it can't be started or fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 * @returns {string | undefined}
 */
export function read(command, args, options = {}) {
    const result = spawnSync(command, args, { encoding: "utf8", timeout: 20_000, ...options });
    return result.status === 0 ? String(result.stdout).trim() : undefined;
}

/**
 * Where a program is on PATH.
 *
 * @param {string} name
 * @param {string} [path] A PATH; the process's own by default.
 * @returns {string | undefined} Its full path.
 */
export function which(name, path = process.env.PATH ?? "") {
    const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat", ""] : [""];
    for (const folder of path.split(delimiter).filter((entry) => entry !== "")) {
        for (const ending of endings) {
            const candidate = join(folder, name + ending);
            if (isExecutable(candidate)) return candidate;
        }
    }
    return undefined;
}

/**
 * @param {string} file
 * @returns {boolean} Whether it is a file that may be run.
 */
function isExecutable(file) {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

/**
 * Compares version numbers such as `3.274.1`; what follows a dash is ignored.
 *
 * @param {string} version
 * @param {string} minimum
 * @returns {boolean} Whether `version` is of the same major version and not older than `minimum`.
 */
export function isCompatible(version, minimum) {
    const numbers = (/** @type {string} */ text) =>
        text
            .replace(/^v/, "")
            .split("-")[0]
            .split(".")
            .map((part) => Number.parseInt(part, 10));
    const [major = 0, minor = 0, patch = 0] = numbers(version);
    const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = numbers(minimum);
    if (major !== wantedMajor) return false;
    return minor !== wantedMinor ? minor > wantedMinor : patch >= wantedPatch;
}
