/**
 * Runs all tests in two processes side by side, which take about as long: those on the real engine, which mostly wait for
 * other processes, with those of the plugins, and the rest. The output of the second stands after that of the first. To be started with `TEST_COUNTS_FILE`, which gets the
 * sum; the exit code is that of the first half that failed.
 */
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { commandFile } from "./process.mjs";

const apart = ["engine", "emulator", "emulator-clients", "package", "plugins", "toolchain"].map(
    (folder) => `tests/${folder}/**/*.test.ts`,
);
const halves = [["tests/**/*.test.ts", ...apart.flatMap((files) => ["--ignore", files])], apart];

const counts = process.env.TEST_COUNTS_FILE ?? "";

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    // From a terminal it reaches them by itself.
    process.on(signal, () => {
        if (signal !== "SIGINT" || !process.stdin.isTTY) for (const child of children) child.kill(signal);
    });
}

/**
 * @param {string[]} files
 * @param {number} index
 * @param {(text: Buffer) => void} print
 * @returns {Promise<number>} The exit code.
 */
function run(files, index, print) {
    const file = `${counts}.${index}`;
    rmSync(file, { force: true });
    const child = spawn(process.execPath, [commandFile("mocha"), ...files], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, TEST_COUNTS_FILE: file },
    });
    children.push(child);
    child.stdout.on("data", print);
    child.stderr.on("data", print);
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve(code ?? 1));
    });
}

/** @type {Buffer[]} */
let waiting = [];
let first = true;
const codes = await Promise.all([
    run(halves[0] ?? [], 0, (text) => process.stdout.write(text)).then((code) => {
        first = false;
        for (const text of waiting) process.stdout.write(text);
        waiting = [];
        return code;
    }),
    run(halves[1] ?? [], 1, (text) => (first ? waiting.push(text) : process.stdout.write(text))),
]);

const sum = { passed: 0, failed: 0 };
try {
    for (const index of codes.keys()) {
        const { passed, failed } = JSON.parse(readFileSync(`${counts}.${index}`, "utf8"));
        sum.passed += passed;
        sum.failed += failed;
    }
    writeFileSync(counts, JSON.stringify(sum));
} catch {
    // A half that did not come to its end has written no counts: then there is no sum either.
}
process.exitCode = codes.find((code) => code !== 0) ?? 0;
