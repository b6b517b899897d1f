import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Figures } from "../case.js";
import { measured } from "../measure.js";
import { accountKey, containerName, root, type Place, type Side } from "../place.js";

const binary = join(root, ".cache", "rclone", "1.76.0", "rclone");

/** Builds rclone with Go from the sources of its own release, once. Takes about a minute. */
export function prepareRclone(): void {
    if (existsSync(binary)) return;
    process.stderr.write("building rclone with Go, once\n");
    const temporary = `${binary}.new`;
    mkdirSync(dirname(binary), { recursive: true });
    const { status } = spawnSync("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", temporary, "."], {
        cwd: join(root, "bench", "storage", "rclone"),
        stdio: ["ignore", 2, 2],
    });
    if (status !== 0) throw new Error("rclone could not be built: it needs Go 1.26 or newer on PATH");
    renameSync(temporary, binary);
}

/** Copies the container with rclone; `flags` beside those that every run has. */
export async function runRclone({ source, target }: Place, flags: readonly string[]): Promise<Figures> {
    const common = ["--config", "", "--stats", "0", "--retries", "1", "--low-level-retries", "3"];
    const { wall, cpu, memory } = await measured(
        binary,
        ["copy", `source:${containerName}`, `target:${containerName}`, ...common, ...flags],
        { ...remote("SOURCE", source), ...remote("TARGET", target) },
    );
    return { wall, cpu, memory };
}

/** https://rclone.org/azureblob/ and, for settings in the environment, https://rclone.org/docs/#environment-variables */
function remote(name: string, { origin, account }: Side): Record<string, string> {
    const prefix = `RCLONE_CONFIG_${name}_`;
    return {
        [`${prefix}TYPE`]: "azureblob",
        [`${prefix}ACCOUNT`]: account,
        [`${prefix}KEY`]: accountKey,
        [`${prefix}ENDPOINT`]: `${origin}/${account}`,
    };
}
