import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The project's root folder. */
export const root = join(__dirname, "..");

/** Where stacks of the demo and of the tests live; inside the project, so that programs find its packages. */
export const stacksFolder = join(root, ".cache", "stacks");

/** What of the caller's environment would change what a stack does. */
const ambient = /^(PULUMI|AZURE|ARM|MSI|IDENTITY|AWS|GOOGLE)_/;

/**
 * The environment that the CLI and all that it starts run in: the caller's, without Azure or Pulumi settings of its
 * own, so that a developer's login never takes part.
 *
 * @param folder The stack's own folder: state, Pulumi's home and temporary files go there and nowhere else.
 * @param extra Wins over everything else. `NODE_OPTIONS` is added to what is there.
 */
export function stackEnvironment(folder: string, extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ambient.test(name)));
    const nodeOptions = [inherited["NODE_OPTIONS"], extra["NODE_OPTIONS"]].filter(Boolean).join(" ");
    return {
        ...inherited,
        PATH: [...toolFolders(), inherited["PATH"] ?? ""].join(delimiter),
        TMPDIR: join(folder, "temporary"),
        NO_COLOR: "1",
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "local",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        // Offers `--event-log`, by which results are read as data instead of as text.
        PULUMI_DEBUG_COMMANDS: "true",
        // Type checking is the build's work; here it would cost seconds for each run.
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        ...extra,
        ...(nodeOptions === "" ? {} : { NODE_OPTIONS: nodeOptions }),
    };
}

/** The folders of Node and of the Pulumi CLI, as setup found or made them. */
function toolFolders(): string[] {
    try {
        const tools = JSON.parse(readFileSync(join(root, ".cache", "tools.json"), "utf8")) as {
            path: string[];
        };
        return tools.path;
    } catch (error) {
        throw new Error("The Pulumi CLI is not set up: run `node scripts/setup.mjs` first", { cause: error });
    }
}
