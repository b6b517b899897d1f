import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { keyVault } from "./keyvault/index.js";
import { noChange } from "./no-change.js";
import { reportLines, type Benchmark, type Measured } from "./report.js";
import { storage } from "./storage/index.js";

// `npm run bench -- [BENCHMARK] [CASE…] [--versions N] [--rounds N] [--json FILE]`; without a name, all of them.

const benchmarks: Readonly<Record<string, Benchmark>> = {
    "no-change": noChange,
    keyvault: keyVault,
    storage,
};

async function main(): Promise<void> {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { json: { type: "string" }, versions: { type: "string" }, rounds: { type: "string" } },
    });
    const [name, ...only] = positionals;
    const chosen = name === undefined ? Object.values(benchmarks) : [benchmarks[name]];
    const options = { only, ...count("versions", values.versions), ...count("rounds", values.rounds) };
    const cases: Measured[] = [];
    for (const benchmark of chosen) {
        if (benchmark === undefined) {
            const known = Object.keys(benchmarks).join(", ");
            throw new Error(`There is no benchmark "${String(name)}". Benchmarks: ${known}`);
        }
        cases.push(...(await benchmark(options)));
    }
    for (const line of reportLines(cases)) console.log(line);
    if (values.json !== undefined) {
        await writeFile(values.json, `${JSON.stringify({ cases }, undefined, 4)}\n`);
    }
    if (cases.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
}

function count(name: "versions" | "rounds", text: string | undefined): Record<string, number> {
    if (text === undefined) return {};
    if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} is a number from 1 on, not "${text}"`);
    return { [name]: Number(text) };
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
