import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import azureNative from "@pulumi/azure-native/package.json";
import { root, stacksFolder } from "./environment.js";

/** A program: the text of its `index.ts`, its files by their names, or a folder to copy (an example). */
export type Program = string | Readonly<Record<string, string>> | { readonly folder: string };

/** As Pulumi's own template for TypeScript has it. */
const defaultFiles = {
    "tsconfig.json": JSON.stringify({
        compilerOptions: { strict: true, target: "es2022", module: "nodenext", esModuleInterop: true },
        files: ["index.ts"],
    }),
};

/**
 * Makes a stack's own folder, with `program`, `state`, `home` and `temporary` in it.
 *
 * @param project Part of its name.
 * @returns Its full path.
 */
export async function createFolder(project: string): Promise<string> {
    await mkdir(join(stacksFolder, "node_modules"), { recursive: true });
    await linkPackage();
    const folder = await mkdtemp(join(stacksFolder, `${project}-`));
    for (const name of ["program", "state", "home", "temporary"]) await mkdir(join(folder, name));
    await installAzureNative(join(folder, "home"));
    return folder;
}

/** Writes a program; files of the one before that it doesn't have stay. */
export async function writeProgram(folder: string, project: string, program: Program): Promise<void> {
    if (typeof program !== "string" && isFolder(program)) {
        await cp(program.folder, folder, {
            recursive: true,
            filter: (path) => basename(path) !== "node_modules" && !/^Pulumi\..+\.yaml$/.test(basename(path)),
        });
        return;
    }
    const files = {
        ...defaultFiles,
        "Pulumi.yaml": JSON.stringify({ name: project, runtime: "nodejs", main: "index.ts" }),
        ...(typeof program === "string" ? { "index.ts": program } : program),
    };
    for (const [name, text] of Object.entries(files)) {
        const file = join(folder, name);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
    }
}

/** The project's name in a program's Pulumi.yaml. */
export async function projectName(folder: string): Promise<string> {
    const text = await readFile(join(folder, "Pulumi.yaml"), "utf8");
    const name = /^name:\s*(\S+)/m.exec(text)?.[1] ?? (JSON.parse(text) as { name?: string }).name;
    if (name === undefined) throw new Error(`${folder}/Pulumi.yaml has no name`);
    return name;
}

function isFolder(program: Exclude<Program, string>): program is { readonly folder: string } {
    return Object.keys(program).length === 1 && "folder" in program;
}

/**
 * Puts the stand-in for the azure-native provider where the engine has installed plugins: only stacks made here see
 * it. The real one is a Go binary, whose connections the local Azure's preload can't redirect.
 */
async function installAzureNative(home: string): Promise<void> {
    const name = "pulumi-resource-azure-native";
    const plugin = join(home, "plugins", `resource-azure-native-v${azureNative.version}`);
    await mkdir(plugin, { recursive: true });
    await symlink(join(root, "scripts", "azure-native", "bin", name), join(plugin, name));
}

/** Programs import the package by its name, as installed ones do. */
async function linkPackage(): Promise<void> {
    try {
        await symlink(root, join(stacksFolder, "node_modules", "pulumi-azure-dataplane"), "junction");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
}
