import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cache, root } from "../setup/paths.mjs";
import { commandFile, runNode } from "./process.mjs";
import { typesOnly } from "./types-only.mjs";

const all = "tests/**/*.test.ts";

/** The folders with the longest files: who starts these last waits for them alone at the end. */
const longest = ["engine", "conformance", "plugins", "toolchain", "emulator-clients"];

/** Test files at once. Two for each processor, since tests wait for other processes and for answers half of their time. */
const jobs = 2 * availableParallelism();

/**
 * Runs the tests with coverage, that of the processes which tests start included. Arguments go to mocha; with any, only
 * a part of the tests runs, and how much of the code that covers says nothing: coverage is left out.
 *
 * Ends with a plain line, `N passed, N failed`.
 *
 * @param {import("./process.mjs").Tools} tools
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export async function test(tools, args) {
    const counts = join(cache, "test-counts.json");
    mkdirSync(cache, { recursive: true });
    rmSync(counts, { force: true });
    const environment = { TEST_COUNTS_FILE: counts };
    const code = args.length > 0 ? await runSome(tools, args, environment) : await runAll(tools, environment);
    return report(counts, code);
}

/**
 * @param {import("./process.mjs").Tools} tools
 * @param {string[]} args
 * @param {Record<string, string>} environment
 */
function runSome(tools, args, environment) {
    return runNode(tools, "mocha", [...args, ...(args.some(isFile) ? [] : [all])], environment);
}

/**
 * @param {import("./process.mjs").Tools} tools
 * @param {Record<string, string>} environment
 */
function runAll(tools, environment) {
    const excluded = typesOnly().map((file) => `--exclude=${file}`);
    const preload = `--require "${join(root, "scripts", "tasks", "coverage.cjs")}"`;
    const mocha = [join(tools.node, "node"), commandFile("mocha"), "--parallel", "--jobs", String(jobs)];
    return runNode(tools, "c8", [...excluded, ...mocha, ...longestFirst()], {
        ...environment,
        NODE_OPTIONS: [process.env.NODE_OPTIONS, preload].filter(Boolean).join(" "),
    });
}

/** @returns {string[]} Patterns that together are all tests. */
function longestFirst() {
    const folders = readdirSync(join(root, "tests"), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    return [...new Set([...longest, ...folders])].map((folder) => `tests/${folder}/**/*.test.ts`);
}

/** @param {string} argument */
function isFile(argument) {
    return argument.endsWith(".ts") || existsSync(join(root, argument));
}

/**
 * @param {string} file What the reporter wrote.
 * @param {number} code
 */
function report(file, code) {
    let counts;
    try {
        counts = JSON.parse(readFileSync(file, "utf8"));
    } catch {
        process.stderr.write("The tests did not run to their end.\n");
        return code === 0 ? 1 : code;
    }
    if (counts.passed + counts.failed === 0) {
        process.stderr.write("No test ran.\n");
        return 1;
    }
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
    return code;
}
