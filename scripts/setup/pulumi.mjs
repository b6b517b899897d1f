import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readStamp, writeStamp } from "./fingerprint.mjs";
import { cache, root } from "./paths.mjs";
import { isCompatible, read, run, say, SetupError, which } from "./shell.mjs";

/** The version that is installed or built where the machine has none. */
const pinned = "3.274.1";
/** The oldest that works: that of the SDK, whose `read` and this CLI's agree on what is sent. */
const oldest = "3.270.0";

const home = join(cache, "pulumi");
const executable = process.platform === "win32" ? "pulumi.exe" : "pulumi";
const cached = join(home, "bin", executable);
const engine = join(root, "scripts", "engine");

/** The limit for the CLI's own installer to answer at all, so that a machine without internet doesn't wait. */
const reachableMilliseconds = 5_000;
/** The limit for the installer's download of about 100 MB. */
const installMilliseconds = 300_000;

/**
 * The folders for PATH that bring `pulumi`, its language host and the plugin for dynamic providers, where they
 * are ready. Costs no start of the CLI: its version is remembered.
 *
 * @returns {string[] | undefined}
 */
export function findPulumi() {
    const found = [which("pulumi"), cached].find((file) => file !== undefined && isUsable(file));
    if (found === undefined) return undefined;
    const hostFolder = hasLanguageHost(found)
        ? []
        : [found === cached ? dirname(cached) : join(home, "host")];
    for (const folder of hostFolder) copyLanguageHost(folder);
    return [...new Set([dirname(found), ...hostFolder])];
}

/**
 * Gets the CLI: by Pulumi's own installer, else built from Go modules.
 *
 * @param {string} node The folder of the Node that the SDK needs.
 */
export async function installPulumi(node) {
    const other = which("pulumi");
    const why = other === undefined ? "no pulumi on PATH" : `${other} is older than ${oldest}`;
    say(`${why}: getting version ${pinned} into ${home}`);
    if (await download(node)) return;
    await build();
}

/** @param {string} node */
async function download(node) {
    const program = `
        const { PulumiCommand } = require("@pulumi/pulumi/automation");
        const semver = require("semver");
        fetch("https://get.pulumi.com/install.sh", { signal: AbortSignal.timeout(${reachableMilliseconds}) })
            .then(() => PulumiCommand.install({ root: ${JSON.stringify(home)}, version: semver.parse("${pinned}") }))
            .catch((error) => { console.error("setup: Pulumi's installer: " + error.message); process.exitCode = 1; });`;
    const code = await run(join(node, "node"), ["-e", program], { cwd: root, timeout: installMilliseconds });
    if (code === 0 && isUsable(cached)) return true;
    say("Pulumi's installer does not work from here");
    return false;
}

async function build() {
    if (which("go") === undefined) {
        throw new SetupError(
            "The Pulumi CLI is neither on PATH nor downloadable, and there is no Go to build it with.",
            "Install it (https://www.pulumi.com/docs/install) or Go (https://go.dev/doc/install), and try again.",
        );
    }
    say("building it with Go; this takes about 4 minutes, once");
    const temporary = join(home, "build", executable);
    const packages = "github.com/pulumi/pulumi";
    const version = `-X ${packages}/sdk/v3/go/common/version.Version=${pinned}`;
    const code = await run(
        "go",
        [
            "build",
            "-trimpath",
            "-ldflags",
            `-s -w ${version}`,
            "-o",
            temporary,
            `${packages}/pkg/v3/cmd/pulumi`,
        ],
        { cwd: engine },
    );
    if (code !== 0) throw new SetupError(`Building the Pulumi CLI failed (exit code ${code}); see above.`);
    // Moved into place as a whole: an interrupted build leaves no half binary where it would be found.
    mkdirSync(dirname(cached), { recursive: true });
    renameSync(temporary, cached);
    rmSync(dirname(temporary), { recursive: true, force: true });
    if (!isUsable(cached)) throw new SetupError(`The Pulumi CLI that was built does not run: ${cached}`);
}

/** @param {string} file */
function isUsable(file) {
    if (!existsSync(file)) return false;
    const { mtimeMs, size } = statSync(file);
    const key = JSON.stringify([file, mtimeMs, size]);
    const stamp = join(home, file === cached ? "cached.version.json" : "path.version.json");
    const [stampedKey, stampedVersion] = JSON.parse(readStamp(stamp) ?? "[]");
    if (stampedKey === key) return isCompatible(stampedVersion, oldest);
    const version = read(file, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
    if (version === undefined) return false;
    writeStamp(stamp, JSON.stringify([key, version]));
    return isCompatible(version, oldest);
}

/** A CLI that was installed the usual way brings its language hosts along. */
function hasLanguageHost(file) {
    const beside = join(dirname(file), "pulumi-language-nodejs");
    if (existsSync(join(dirname(file), "language-host.cjs"))) return false;
    return (
        [beside, `${beside}.exe`].some((path) => existsSync(path)) ||
        which("pulumi-language-nodejs") !== undefined
    );
}

/** @param {string} folder Gets the project's own language host and the SDK's plugin for dynamic providers. */
function copyLanguageHost(folder) {
    mkdirSync(folder, { recursive: true });
    copyIfChanged(join(engine, "pulumi-language-nodejs"), join(folder, "pulumi-language-nodejs"));
    copyIfChanged(join(engine, "language-host.cjs"), join(folder, "language-host.cjs"));
    const plugin = "pulumi-resource-pulumi-nodejs";
    copyIfChanged(join(root, "node_modules", "@pulumi", "pulumi", plugin), join(folder, plugin));
}

function copyIfChanged(from, to) {
    if (!existsSync(to) || !readFileSync(from).equals(readFileSync(to))) copyFileSync(from, to);
}
