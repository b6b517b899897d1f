import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { root } from "../setup/paths.mjs";

/** @typedef {{ node: string, path: string }} Tools The folder of the Node to use; the PATH for all that is started. */

/**
 * Runs the command of an installed npm package, or a script, on the project's Node, to its end.
 *
 * @param {Tools} tools
 * @param {string} command The package's name, or the path of a script, or `node` for what stands in `args`.
 * @param {string[]} args
 * @param {Record<string, string>} [environment] Added to this process's own.
 * @returns {Promise<number>} Its exit code; 128 and the signal's number where a signal ended it, as shells say it.
 */
export function runNode(tools, command, args, environment = {}) {
    const script = command === "node" ? [] : [commandFile(command)];
    const child = spawn(join(tools.node, "node"), [...script, ...args], {
        cwd: root,
        stdio: "inherit",
        env: { ...process.env, PATH: tools.path, ...environment },
    });
    const release = passSignals(child);
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code, signal) => {
            release();
            resolve(code ?? 128 + constants.signals[signal]);
        });
    });
}

/**
 * @param {string} command
 * @returns {string} The script behind an installed package's command.
 */
export function commandFile(command) {
    if (command.includes("/")) return command;
    const folder = join(root, "node_modules", command);
    const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return join(folder, typeof bin === "string" ? bin : (bin[command] ?? Object.values(bin)[0]));
}

/**
 * This process waits for the child, which decides how to stop. A terminal sends Ctrl-C to both by itself; twice would
 * mean "at once" to some.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} Ends the passing.
 */
function passSignals(child) {
    const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
        const handler = () => {
            if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
        };
        process.on(signal, handler);
        return () => process.off(signal, handler);
    });
    return () => handlers.forEach((release) => release());
}
