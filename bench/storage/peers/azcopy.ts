import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import {
    AccountSASPermissions,
    AccountSASResourceTypes,
    AccountSASServices,
    generateAccountSASQueryParameters,
    StorageSharedKeyCredential,
} from "@azure/storage-blob";
import manifest from "../azcopy/package.json";
import type { Figures } from "../case.js";
import { measured } from "../measure.js";
import { accountKey, containerName, root, workFolder, type Place, type Side } from "../place.js";

const folder = join(root, ".cache", "azcopy", manifest.dependencies["@azure-tools/azcopy-linux"]);
const program = ["node_modules", "@azure-tools", "azcopy-linux", "dist", "bin", "azcopy_linux_amd64"];
const binary = join(folder, ...program);

/** Gets AzCopy as Microsoft publishes it on npm, once, by the lock file beside its package.json. */
export function prepareAzcopy(): void {
    if (existsSync(binary)) return;
    process.stderr.write("getting AzCopy from npm, once\n");
    const temporary = `${folder}.new`;
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    for (const file of ["package.json", "package-lock.json"]) {
        copyFileSync(join(root, "bench", "storage", "azcopy", file), join(temporary, file));
    }
    must("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"], temporary);
    // The package has it without the right to be run.
    chmodSync(join(temporary, ...program), 0o755);
    if (spawnSync(join(temporary, ...program), ["--version"]).status !== 0) {
        getLibrary(temporary);
        must(join(temporary, ...program), ["--version"], temporary, environment(temporary));
    }
    renameSync(temporary, folder);
}

/** Where it is once it is prepared, and what it needs in its environment to start. */
export function azcopyProgram(): { program: string; environment: Record<string, string> } {
    return { program: binary, environment: environment(folder) };
}

/** It is linked to libsecret, where it would keep sign-ins, and does not start without. Needs no root rights. */
function getLibrary(into: string): void {
    must("apt-get", ["download", "libsecret-1-0"], into);
    const archive = readdirSync(into).find((file) => file.endsWith(".deb")) ?? "";
    must("dpkg", ["--extract", archive, "unpacked"], into);
    const found = readdirSync(join(into, "unpacked", "usr", "lib"));
    renameSync(join(into, "unpacked", "usr", "lib", found[0] ?? ""), join(into, "libraries"));
}

function must(
    command: string,
    args: readonly string[],
    cwd: string,
    extra: Record<string, string> = {},
): void {
    const env = { ...process.env, ...extra };
    const { status } = spawnSync(command, args, { cwd, stdio: ["ignore", 2, 2], env });
    if (status === 0) return;
    const needs = "it needs Linux on x86-64, npm, and libsecret (apt-get install libsecret-1-0)";
    throw new Error(`AzCopy could not be set up, ${command} failed: ${needs}`);
}

export interface AzcopySettings {
    /** Whose contents are copied. Default: blobs. */
    readonly service?: "blob" | "file";
    /** Beside those that every run has. */
    readonly flags: readonly string[];
    /** What it may reserve as buffers. Default: its own choice. */
    readonly bufferGigabytes?: number;
}

/**
 * Has the service copy the container or the share, by AzCopy, which looks every two seconds whether it is done. It knows local servers by `--from-to` alone, and signs in to them by a
 * SAS. Of its flags, `--check-length=false` saves a request per blob. More connections than `AZCOPY_CONCURRENCY_VALUE`
 * names don't help: it never opens more than ten per processor
 * (https://github.com/Azure/azure-storage-azcopy, `MaxConnsPerHost` in `common/azHttpClient.go`).
 */
export async function runAzcopy({ source, target }: Place, settings: AzcopySettings): Promise<Figures> {
    const records = await mkdtemp(join(workFolder(), "azcopy-"));
    const { service = "blob" } = settings;
    const kind = service === "blob" ? "Blob" : "File";
    try {
        const { wall, cpu, memory } = await measured(
            binary,
            [
                ...["copy", address(source, service), address(target, service)],
                ...[
                    "--from-to",
                    `${kind}${kind}`,
                    "--recursive",
                    "--as-subdir=false",
                    "--check-length=false",
                ],
                ...["--log-level", "NONE", "--output-level", "essential"],
                ...settings.flags,
            ],
            {
                ...environment(folder),
                AZCOPY_CONCURRENCY_VALUE: "256",
                AZCOPY_DISABLE_SYSLOG: "true",
                AZCOPY_LOG_LOCATION: records,
                AZCOPY_JOB_PLAN_LOCATION: records,
                ...(settings.bufferGigabytes === undefined
                    ? {}
                    : { AZCOPY_BUFFER_GB: String(settings.bufferGigabytes) }),
            },
        );
        return { wall, cpu, memory };
    } finally {
        await rm(records, { recursive: true, force: true });
    }
}

/** Where libsecret is, if the machine has none of its own. */
function environment(installed: string): Record<string, string> {
    const libraries = join(installed, "libraries");
    return existsSync(libraries) ? { LD_LIBRARY_PATH: libraries } : {};
}

function address({ origin, account }: Side, service: "blob" | "file"): string {
    const sas = generateAccountSASQueryParameters(
        {
            permissions: AccountSASPermissions.parse("rwlact"),
            services: AccountSASServices.parse(service.charAt(0)).toString(),
            resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
            expiresOn: new Date(Date.now() + 3_600_000),
        },
        new StorageSharedKeyCredential(account, accountKey),
    );
    return `${origin}/${account}/${containerName}?${sas.toString()}`;
}
