/**
 * Runs one of the project's tasks with everything it needs set up before: `node scripts/run.mjs TASK [ARGUMENTS]`.
 * The exit code is the task's.
 */
import { report, setup } from "./setup.mjs";
import { lint } from "./tasks/lint.mjs";
import { runNode } from "./tasks/process.mjs";
import { test } from "./tasks/test.mjs";

/**
 * @typedef {import("./tasks/process.mjs").Tools} Tools
 * @type {Record<string, { needs: import("./setup.mjs").Need[], run: (tools: Tools, args: string[]) => Promise<number> }>}
 */
const tasks = {
    bench: {
        needs: ["pulumi", "build"],
        run: (tools, args) => runTypeScript(tools, "bench/index.ts", args),
    },
    build: { needs: ["build"], run: async () => 0 },
    demo: { needs: ["pulumi", "build"], run: (tools, args) => runTypeScript(tools, "demo/index.ts", args) },
    emulator: { needs: [], run: (tools, args) => runTypeScript(tools, "emulator/cli.ts", args) },
    format: { needs: [], run: (tools, args) => runNode(tools, "prettier", ["--write", ".", ...args]) },
    lint: { needs: ["build"], run: lint },
    test: { needs: ["pulumi", "build"], run: test },
};

const [name = "", ...args] = process.argv.slice(2);
const task = tasks[name];
if (task === undefined) {
    process.stderr.write(`There is no task "${name}". Tasks: ${Object.keys(tasks).join(", ")}\n`);
    process.exitCode = 2;
} else {
    try {
        process.exitCode = await task.run(await setup(task.needs), args);
    } catch (error) {
        report(error);
    }
}

/**
 * In Node itself with tsx as a loader: the command `tsx` is a process between, which ends a program that takes its time
 * to clean up after Ctrl-C.
 *
 * @param {Tools} tools
 * @param {string} file
 * @param {string[]} args
 */
function runTypeScript(tools, file, args) {
    return runNode(tools, "node", ["--require", "tsx/cjs", file, ...args]);
}
