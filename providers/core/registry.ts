import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import type { ElementType, Plugin } from "./contract.js";
import { DataplaneError } from "./errors.js";
import { validatePlugin } from "./plugin-schema.js";

/** One element type and where it comes from. */
export interface ElementEntry {
    readonly plugin: Plugin;
    readonly element: ElementType;
    /** `keyvault/secrets`: a state format. */
    readonly key: string;
}

/** The folders beside `core`: `providers/*` in the sources, `dist/providers/*` when built. */
const defaultFolder = resolve(__dirname, "..");
const load = createRequire(__filename);
let loaded: ReadonlyMap<string, Plugin> | undefined;

/**
 * All plugins, by kind: every folder beside `core` is one, and its `index` exports `plugin`. Nothing is listed
 * anywhere. Loading them loads no Azure SDK. The default folder is read once per process.
 *
 * @throws DataplaneError `Plugin`: a folder without a plugin, a malformed table, a kind that is not its folder's
 * name, a kind or an ARM type that two plugins claim.
 */
export function loadPlugins(folder: string = defaultFolder): ReadonlyMap<string, Plugin> {
    if (folder !== defaultFolder) return scan(folder);
    return (loaded ??= scan(folder));
}

function scan(folder: string): ReadonlyMap<string, Plugin> {
    const plugins = new Map<string, Plugin>();
    const kinds = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== "core" && !entry.name.startsWith("."))
        .map((entry) => entry.name)
        .sort();
    for (const kind of kinds) {
        const plugin = loadPlugin(join(folder, kind), kind);
        checkUnique(plugins, plugin, kind);
        if (plugin.kind !== kind) {
            throw new DataplaneError(
                "Plugin",
                `The plugin in the folder "${kind}" says that its kind is "${plugin.kind}"`,
                {
                    remedy: "Give the folder and the plugin the same name.",
                },
            );
        }
        plugins.set(kind, plugin);
    }
    return plugins;
}

function loadPlugin(folder: string, kind: string): Plugin {
    // The same sort of file as this one first: sources under a TypeScript loader, JavaScript when built.
    const file = [extname(__filename), ".js", ".ts"]
        .map((extension) => join(folder, `index${extension}`))
        .find((candidate) => existsSync(candidate));
    if (file === undefined) {
        throw new DataplaneError(
            "Plugin",
            `The folder "${kind}" holds no plugin: it has no index.ts or index.js`,
            {
                remedy: "Add one that exports `plugin`, or remove the folder.",
            },
        );
    }
    let exported: unknown;
    try {
        exported = load(file);
    } catch (error) {
        throw new DataplaneError(
            "Plugin",
            `The plugin in the folder "${kind}" can't be loaded: ${message(error)}`,
            {
                cause: error,
            },
        );
    }
    return validatePlugin(kind, (exported as { plugin?: unknown } | undefined)?.plugin);
}

function message(error: unknown): string {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}

function checkUnique(plugins: ReadonlyMap<string, Plugin>, plugin: Plugin, folder: string): void {
    for (const [otherFolder, other] of plugins) {
        if (other.kind === plugin.kind) {
            throw new DataplaneError(
                "Plugin",
                `Two plugins have the kind "${plugin.kind}": the folders "${otherFolder}" and "${folder}"`,
                { remedy: "Kinds are part of the state format: give the newer one another." },
            );
        }
        const types = new Set(other.resourceTypes.map((type) => type.toLowerCase()));
        const shared = plugin.resourceTypes.find((type) => types.has(type.toLowerCase()));
        if (shared !== undefined) {
            throw new DataplaneError(
                "Plugin",
                `The plugins "${otherFolder}" and "${folder}" both claim ${shared}`,
            );
        }
    }
}

/**
 * The element type of a key such as `keyvault/secrets`.
 *
 * @throws DataplaneError `InvalidArgument` that lists the known keys.
 */
export function findElement(key: string): ElementEntry {
    const [kind = "", name = "", ...rest] = key.split("/");
    const plugin = rest.length === 0 ? loadPlugins().get(kind) : undefined;
    const element =
        plugin !== undefined && Object.hasOwn(plugin.elements, name) ? plugin.elements[name] : undefined;
    if (plugin === undefined || element === undefined) {
        throw new DataplaneError("InvalidArgument", `There is no element type "${key}"`, {
            remedy: `Known are ${elementKeys().join(", ")}.`,
        });
    }
    return { plugin, element, key };
}

/** The keys of all element types, in order: `keyvault/secrets`. */
export function elementKeys(): string[] {
    return [...loadPlugins().values()]
        .flatMap((plugin) => Object.keys(plugin.elements).map((name) => `${plugin.kind}/${name}`))
        .sort();
}

/** The names of all element types, each once: `secrets`. */
export function elementNames(): string[] {
    return [...new Set([...loadPlugins().values()].flatMap(({ elements }) => Object.keys(elements)))].sort();
}

/** The plugin that knows an ARM type, in any case; undefined where none does. */
export function pluginForResourceType(type: string): Plugin | undefined {
    const wanted = type.toLowerCase();
    return [...loadPlugins().values()].find((plugin) =>
        plugin.resourceTypes.some((candidate) => candidate.toLowerCase() === wanted),
    );
}
