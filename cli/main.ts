import { Command, CommanderError } from "commander";
import { describe } from "../providers/core/pulumi/messages.js";
import { redact, registerSecret } from "../providers/core/redact.js";
import { deploy, preview } from "./commands/deploy.js";
import { discover } from "./commands/discover.js";
import { generate } from "./commands/generate.js";
import { describePlugins, pluginLines } from "./commands/plugins.js";
import { verify } from "./commands/verify.js";
import { CommandFailure, exitCodes } from "./exit.js";
import { listenForInterrupt } from "./interrupt.js";
import type { Invocation } from "./invocation.js";
import {
    addDeployOptions,
    addTenantOptions,
    credentialEnvironment,
    readDeploySettings,
    readSettings,
    secretFlags,
    type Flags,
} from "./options.js";
import { jsonSink, plainSink } from "./output.js";
import { ownPackage } from "./package-root.js";

/** Where the command writes, and whether somebody can be asked. */
export interface Terminal {
    readonly out: (text: string) => void;
    readonly err: (text: string) => void;
    /** Whether somebody can be asked. */
    readonly isTerminal: boolean;
    /** Whether Ctrl-C reaches child processes by itself, as it does from a terminal. */
    readonly signalsChildren: boolean;
}

const processTerminal: Terminal = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    // Undefined where there is none.
    isTerminal: process.stdin.isTTY,
    signalsChildren: [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY),
};

/** A subcommand's work; answers with the exit code. */
type Work = (flags: Flags, invocation: Invocation) => Promise<number>;

/**
 * Runs the command `azure-dataplane`. Answers with its exit code; nothing is thrown.
 *
 * @param argv as in `process.argv`.
 */
export async function run(argv: readonly string[], terminal: Terminal = processTerminal): Promise<number> {
    let exitCode: number = exitCodes.done;
    const program = build(terminal, (code) => {
        exitCode = code;
    });
    try {
        await program.parseAsync([...argv]);
        return exitCode;
    } catch (error) {
        return tellFailure(error, program, terminal);
    }
}

function build(terminal: Terminal, end: (code: number) => void): Command {
    const { out } = terminal;
    const program = new Command("azure-dataplane")
        .description("Replicates what is inside of Azure resources from one tenant to another.")
        .version(ownPackage().version)
        .exitOverride()
        .configureOutput({ writeOut: out, writeErr: terminal.err, outputError: () => undefined });
    const add = (
        name: string,
        description: string,
        options: (command: Command) => Command,
        work: Work,
    ): void => {
        options(program.command(name).description(description)).action(
            async (flags: Flags, command: Command) => {
                end(await invoke(command, flags, terminal, work));
            },
        );
    };
    const deploying = (command: Command) =>
        addDeployOptions(command)
            .option("--dry-run", "shows what would be done, and writes nothing")
            .option("--yes", "doesn't ask");
    add(
        "deploy",
        "copies contents, after the program of --iac-dir if there is one",
        deploying,
        (flags, invocation) => deploy(readDeploySettings(flags, process.env), invocation),
    );
    add("preview", "shows what deploy would do, and writes nothing", addDeployOptions, (flags, invocation) =>
        preview(readDeploySettings(flags, process.env), invocation),
    );
    add("discover", "says what the source holds, with counts", addTenantOptions, (flags, invocation) =>
        discover(readSettings(flags, process.env), invocation),
    );
    add(
        "verify",
        "compares both sides as they are now, and writes nothing",
        addTenantOptions,
        (flags, invocation) => verify(readSettings(flags, process.env), invocation),
    );
    add(
        "generate",
        "writes a Pulumi program that replicates what was found",
        (command) => addTenantOptions(command).requiredOption("--out <folder>", "where to write it"),
        (flags, invocation) => generate(readSettings(flags, process.env), String(flags["out"]), invocation),
    );
    program
        .command("plugins")
        .description("lists the kinds of resources that are supported")
        .option("--json", "prints JSON")
        .action((flags: Flags) => {
            const descriptions = describePlugins();
            out(
                `${flags["json"] === true ? JSON.stringify(descriptions) : pluginLines(descriptions).join("\n")}\n`,
            );
        });
    return program;
}

async function invoke(command: Command, flags: Flags, terminal: Terminal, work: Work): Promise<number> {
    const { out, err, isTerminal, signalsChildren } = terminal;
    for (const flag of secretFlags(command)) {
        err(
            `warning: ${flag} shows the secret to other users of this machine: set it in the environment instead\n`,
        );
    }
    const variables = credentialEnvironment(flags);
    for (const [name, value] of Object.entries(variables))
        if (name.endsWith("_SECRET")) registerSecret(value);
    Object.assign(process.env, variables, infrastructureEnvironment(variables, flags));
    const interrupt = listenForInterrupt(() => {
        err("Stopping: what is being copied is finished first. Press Ctrl-C again to stop at once.\n");
    }, signalsChildren);
    const sink = flags["json"] === true ? jsonSink(out) : plainSink(out);
    try {
        const exitCode = await work(flags, { sink, interrupt, isTerminal });
        return interrupt.happened ? stopped(err) : exitCode;
    } catch (error) {
        if (interrupt.happened) return stopped(err);
        throw error;
    } finally {
        interrupt.stop();
    }
}

function stopped(err: Terminal["err"]): number {
    err("Stopped. Run the same command again to go on: what is copied already is not copied again.\n");
    return exitCodes.interrupted;
}

/** The target's sign-in for azure-native in the program of --iac-dir, unless it has one of its own. */
function infrastructureEnvironment(
    variables: Readonly<Record<string, string>>,
    flags: Flags,
): Record<string, string> {
    const subscription = flags["targetSubscription"] ?? flags["subscription"];
    const wanted: Record<string, unknown> = {
        ARM_TENANT_ID: variables["AZURE_TARGET_TENANT_ID"],
        ARM_CLIENT_ID: variables["AZURE_TARGET_CLIENT_ID"],
        ARM_CLIENT_SECRET: variables["AZURE_TARGET_CLIENT_SECRET"],
        ARM_SUBSCRIPTION_ID: subscription,
    };
    const given = Object.entries(wanted).filter(
        ([name, value]) => typeof value === "string" && process.env[name] === undefined,
    );
    return Object.fromEntries(given) as Record<string, string>;
}

/** One sentence; for wrong usage the usage too. A defect alone shows its stack. */
function tellFailure(error: unknown, program: Command, { err }: Terminal): number {
    if (error instanceof CommanderError) {
        // Help and version were asked for, and are written.
        if (error.exitCode === 0) return exitCodes.done;
        const message =
            error.code === "commander.help" ? "name a subcommand" : error.message.replace(/^error: /, "");
        return tellUsage(message, program, err);
    }
    if (error instanceof CommandFailure) {
        if (error.exitCode === exitCodes.usage) return tellUsage(error.message, program, err);
        err(`${redact(error.message)}.\n`);
        return error.exitCode;
    }
    if (error instanceof Error && error.name === "DataplaneError") {
        err(`${describe(error)}\n`);
        return exitCodes.failed;
    }
    err(`${redact(String(error instanceof Error ? error.stack : error))}\n`);
    return exitCodes.failed;
}

function tellUsage(message: string, program: Command, err: Terminal["err"]): number {
    const name = program.args[0] ?? "";
    const command = program.commands.find((each) => each.name() === name);
    const usage =
        command === undefined
            ? "<deploy|preview|discover|verify|generate|plugins> [options]"
            : `${name} [options]`;
    err(
        `${redact(message)}.\nUsage: azure-dataplane ${usage}\nAll options: azure-dataplane ${command === undefined ? "" : `${name} `}--help\n`,
    );
    return exitCodes.usage;
}
