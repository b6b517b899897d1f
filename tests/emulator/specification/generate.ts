import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readSdkSpecification } from "./sdk-modules.js";
import { toSwagger } from "./swagger.js";

const root = join(__dirname, "..", "..", "..");

/** The packages whose specification the local Azure is held against. */
const packages = [
    "arm-authorization-specification",
    "arm-keyvault-specification",
    "arm-resources-specification",
    "arm-storage-specification",
];

/** Changes with what is generated, so that an old cache is not taken for the new. */
const FORMAT = "2";

/**
 * Makes Swagger files of the installed packages, in the folder layout that the validator expects, once per version of
 * a package. Answers with the folder that holds `specification/`.
 */
export async function generateSpecification(): Promise<string> {
    const cache = join(root, ".cache", "specification");
    await mkdir(cache, { recursive: true });
    for (const name of packages) {
        const directory = join(root, "node_modules", name);
        const { version } = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as {
            version: string;
        };
        const target = join(cache, "specification", name);
        const stamp = join(target, `generated-${version}-${FORMAT}`);
        if (existsSync(stamp)) continue;
        const draft = await mkdtemp(join(cache, "draft-"));
        for (const document of toSwagger(name, await readSdkSpecification(directory, cache))) {
            const { version: apiVersion } = document.info;
            const stage = apiVersion.includes("preview") ? "preview" : "stable";
            const folder = join(draft, "resource-manager", "Generated", stage, apiVersion);
            await mkdir(folder, { recursive: true });
            await writeFile(join(folder, "generated.json"), JSON.stringify(document));
        }
        await writeFile(join(draft, `generated-${version}-${FORMAT}`), "");
        await mkdir(join(cache, "specification"), { recursive: true });
        await rm(target, { recursive: true, force: true });
        await rename(draft, target);
    }
    return cache;
}
