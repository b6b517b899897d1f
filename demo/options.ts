import { Command } from "commander";

/** What the demo is asked for. */
export interface DemoOptions {
    /** Where to write the figures; undefined: nowhere. */
    json?: string;
}

/** Reads the command line; `--help` and mistakes end the process. */
export function parseOptions(processArguments: readonly string[]): DemoOptions {
    return new Command("demo")
        .description(
            "Copies the contents of a vault and a storage account from one local Azure tenant to another.",
        )
        .usage("[-- options]")
        .option("--json <file>", "write the figures to a file too")
        .allowExcessArguments(false)
        .parse(processArguments)
        .opts<DemoOptions>();
}
