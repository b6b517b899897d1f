import { runNode } from "./process.mjs";

/** Each check, by what it is called in the output. */
const checks = [
    ["types", "typescript", ["--noEmit", "-p", "tsconfig.json"]],
    ["eslint", "eslint", [".", "--max-warnings", "0"]],
    ["format", "prettier", ["--check", "."]],
    ["imports", "dependency-cruiser", ["--config", ".dependency-cruiser.cjs", "."]],
    ["unused code", "knip", []],
];

/**
 * Runs all checks, also after one has failed: who fixes things wants the whole list.
 *
 * @param {import("./process.mjs").Tools} tools
 * @param {string[]} args Names of checks; all of them by default.
 * @returns {Promise<number>}
 */
export async function lint(tools, args) {
    const unknown = args.filter((name) => !checks.some(([check]) => check === name));
    if (unknown.length > 0) {
        const names = checks.map(([check]) => `"${check}"`).join(", ");
        process.stderr.write(`There is no check ${unknown.join(", ")}. Checks: ${names}\n`);
        return 2;
    }
    const failed = [];
    for (const [name, command, commandArgs] of checks) {
        if (args.length > 0 && !args.includes(name)) continue;
        process.stdout.write(`lint: ${name}\n`);
        if ((await runNode(tools, command, commandArgs)) !== 0) failed.push(name);
    }
    process.stdout.write(
        failed.length === 0 ? "lint: nothing to say\n" : `lint: failed: ${failed.join(", ")}\n`,
    );
    return failed.length === 0 ? 0 : 1;
}
