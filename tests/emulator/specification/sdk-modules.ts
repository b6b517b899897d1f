import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** What a mapper of `@azure/core-client` says about a value: the specification's schema, as code. */
export interface Mapper {
    type: MapperType;
    serializedName?: string;
    required?: boolean;
    readOnly?: boolean;
    nullable?: boolean;
    constraints?: Readonly<Record<string, unknown>>;
    defaultValue?: unknown;
}

interface MapperType {
    name: string;
    className?: string;
    modelProperties?: Readonly<Record<string, Mapper>>;
    additionalProperties?: Mapper;
    element?: Mapper;
    value?: Mapper;
    allowedValues?: readonly unknown[];
}

/** A parameter of an operation. */
export interface Parameter {
    parameterPath?: unknown;
    mapper: Mapper;
    skipEncoding?: boolean;
}

/** An operation as the older Azure SDKs carry it. */
export interface OperationSpec {
    path: string;
    httpMethod: string;
    urlParameters?: readonly Parameter[];
    queryParameters?: readonly Parameter[];
    headerParameters?: readonly Parameter[];
    requestBody?: Parameter;
    responses?: Readonly<Record<string, { bodyMapper?: Mapper }>>;
}

/** The specification that a package holds: models by class name, operations by `vaults_get`. */
export interface SdkSpecification {
    models: ReadonlyMap<string, Mapper>;
    operations: ReadonlyMap<string, OperationSpec>;
}

/**
 * Reads the specification out of an installed `@azure/arm-*` package of the generation that ships it as code. The
 * package does not export it: a copy of its modules is made to, in a temporary folder under `workDirectory`, which
 * must lie where the package's own dependencies resolve.
 */
export async function readSdkSpecification(
    packageDirectory: string,
    workDirectory: string,
): Promise<SdkSpecification> {
    const root = ["dist/esm", "dist-esm/src"]
        .map((folder) => join(packageDirectory, folder))
        .find((folder) => existsSync(folder));
    if (root === undefined) throw new Error(`${packageDirectory} holds no ES modules.`);
    const copy = await mkdtemp(join(workDirectory, "modules-"));
    try {
        await cp(root, copy, { recursive: true });
        await writeFile(join(copy, "package.json"), '{ "type": "module" }');
        for (const file of await javascriptFiles(copy)) await exportOperations(file);
        const models = new Map<string, Mapper>();
        // The module also exports a table of discriminators, which has no type.
        for (const mapper of (await load<Partial<Mapper>>(join(copy, "models", "mappers.js"))).values()) {
            const { type } = mapper;
            if (type?.className !== undefined) models.set(type.className, { ...mapper, type });
        }
        return { models, operations: await readOperations(join(copy, "operations")) };
    } finally {
        await rm(copy, { recursive: true });
    }
}

async function readOperations(folder: string): Promise<Map<string, OperationSpec>> {
    const operations = new Map<string, OperationSpec>();
    for (const file of await readdir(folder)) {
        if (!file.endsWith(".js")) continue;
        for (const [name, spec] of await load<OperationSpec>(join(folder, file))) {
            // The specifications of further pages are those of the first, at another address.
            if (!name.endsWith("OperationSpec") || name.endsWith("NextOperationSpec")) continue;
            operations.set(`${file.replace(/\.js$/, "")}_${name.replace(/OperationSpec$/, "")}`, spec);
        }
    }
    return operations;
}

async function load<Value>(file: string): Promise<Map<string, Value>> {
    const module = (await import(pathToFileURL(file).href)) as Record<string, Value>;
    return new Map(Object.entries(module));
}

async function javascriptFiles(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true });
    return entries.filter((entry) => entry.endsWith(".js")).map((entry) => join(folder, entry));
}

/** Makes a module export its operations, and name the modules it imports in full. */
async function exportOperations(file: string): Promise<void> {
    const text = await readFile(file, "utf8");
    const changed = text
        .replace(/from "(\.{1,2}\/[^"]+)"/g, (whole, target: string) => {
            if (target.endsWith(".js")) return whole;
            const path = resolve(file, "..", target);
            return existsSync(`${path}.js`) ? `from "${target}.js"` : `from "${target}/index.js"`;
        })
        .replace(/^const (\w+OperationSpec) =/gm, "export const $1 =");
    await writeFile(file, changed);
}
