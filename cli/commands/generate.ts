import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { generatedFiles } from "../generated-program.js";
import { CommandFailure, exitCodes } from "../exit.js";
import type { Settings } from "../options.js";
import type { Invocation } from "../invocation.js";
import { ownPackage } from "../package-root.js";
import { planOf } from "../tenant.js";

/**
 * Writes a Pulumi program in TypeScript that replicates what was found, to be kept and changed. Nothing that is there is
 * written over. Answers with the exit code.
 */
export async function generate(
    settings: Settings,
    folder: string,
    { sink, interrupt }: Invocation,
): Promise<number> {
    const place = resolve(folder);
    const plan = await planOf(settings, sink, interrupt.own);
    const { name: ownName, version, dependencies } = ownPackage();
    const files = generatedFiles(plan, settings.mode, {
        [ownName]: `^${version}`,
        "@pulumi/pulumi": `^${dependencies["@pulumi/pulumi"] ?? version}`,
    });
    const taken = Object.keys(files).find((name) => existsSync(join(place, name)));
    if (taken !== undefined) {
        throw new CommandFailure(`There is a ${taken} in ${folder} already: give --out another folder`);
    }
    await mkdir(place, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
        await writeFile(join(place, name), text);
        sink({ type: "file", path: join(folder, name) });
    }
    return exitCodes.done;
}
