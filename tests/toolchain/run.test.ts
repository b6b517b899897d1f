import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";

const scripts = join(__dirname, "..", "..", "scripts");

/** Runs one of the project's scripts to its end. */
async function run(script: string, args: readonly string[], onLine?: (line: string, pid: number) => void) {
    const child = spawn(process.execPath, [join(scripts, script), ...args], {
        stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    const read = [child.stdout, child.stderr].map(async (stream) => {
        for await (const line of createInterface({ input: stream })) {
            lines.push(line);
            onLine?.(line, child.pid ?? 0);
        }
    });
    const [code] = (await once(child, "exit")) as [number | null];
    await Promise.all(read);
    return { code, text: lines.join("\n") };
}

describe("the project's commands", () => {
    it("setup says nothing and does nothing when all is there", async () => {
        await run("setup.mjs", []);
        expect(await run("setup.mjs", [])).to.deep.equal({ code: 0, text: "" });
    });

    it("an unknown task is an error that names those there are", async () => {
        const { code, text } = await run("run.mjs", ["tets"]);
        expect(code).to.equal(2);
        expect(text).to.match(/no task "tets".*build, demo, emulator, format, lint, test/);
    });

    it("a task's own failure is the command's exit code, and arguments reach it", async () => {
        const { code, text } = await run("run.mjs", ["emulator", "--port", "of call"]);
        expect(code).to.equal(1);
        expect(text).to.include("of call");
    });

    it("an interruption reaches the task, which ends in its own way", async () => {
        let interrupted = false;
        const { code, text } = await run("run.mjs", ["emulator", "--port", "0"], (line, pid) => {
            if (interrupted || !line.includes("listens on")) return;
            interrupted = true;
            process.kill(pid, "SIGINT");
        });
        expect(text).to.include("Stopped.");
        expect(code).to.equal(0);
    });
});
