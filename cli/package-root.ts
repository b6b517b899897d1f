import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of this package. The engine starts the dynamic provider there, from where it finds this very package by
 * its name and Pulumi's SDK beside it, wherever the command was installed and called.
 */
export function packageRoot(): string {
    let folder = __dirname;
    while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
    return folder;
}

/** What this package says of itself. Read, not imported: the compiler would put a copy into `dist`, a package of its own. */
export function ownPackage(): { name: string; version: string; dependencies: Record<string, string> } {
    return JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as ReturnType<
        typeof ownPackage
    >;
}
