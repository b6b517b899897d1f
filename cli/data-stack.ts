import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    ConcurrentUpdateError,
    LocalWorkspace,
    PulumiCommand,
    Stack,
    StackNotFoundError,
    type EngineEvent,
    type LocalWorkspaceOptions,
    type PulumiFn,
} from "@pulumi/pulumi/automation";
import { redact } from "../providers/core/redact.js";
import { CommandFailure } from "./exit.js";
import { packageRoot } from "./package-root.js";
import type { StateResource } from "./outcome.js";

const project = "azure-dataplane";

/** What a run of the engine left. */
export interface EngineRun {
    readonly events: readonly EngineEvent[];
    /** What the CLI said where it failed; the events may say more. */
    readonly failure?: string;
    readonly state: readonly StateResource[];
}

export interface DataStackOptions {
    readonly name: string;
    /** Where the stack's settings are kept: the salt of its encryption, no secrets. */
    readonly workDirectory: string;
    readonly program: PulumiFn;
    readonly signal: AbortSignal;
    readonly onEvent: (event: EngineEvent) => void;
}

/**
 * Deploys the program to the stack, which is made where it is not there. What fails doesn't stop the rest.
 *
 * @throws CommandFailure where it did not come to a deployment.
 */
export async function deployData(options: DataStackOptions): Promise<EngineRun> {
    await mkdir(options.workDirectory, { recursive: true });
    const stack = await explained(options.name, async () => {
        const workspace = await openWorkspace(options, options.workDirectory, {});
        return Stack.createOrSelect(options.name, workspace);
    });
    const run = await collected(options, (onEvent) =>
        stack.up({ continueOnError: true, onEvent, signal: options.signal, color: "never" }),
    );
    const exported = await stack.exportStack();
    const deployment = exported.deployment as { resources?: StateResource[] };
    return { ...run, state: deployment.resources ?? [] };
}

/** Previews the program on the stack; on an empty one that is forgotten afterwards where there is none yet. */
export async function previewData(options: DataStackOptions): Promise<EngineRun> {
    const preview = async (stack: Stack): Promise<EngineRun> => {
        const run = await collected(options, (onEvent) =>
            stack.preview({ onEvent, signal: options.signal, color: "never" }),
        );
        return { ...run, state: [] };
    };
    const temporary = await mkdtemp(join(tmpdir(), "azure-dataplane-"));
    try {
        const existing = await selectIfThere(options);
        if (existing !== undefined) return await preview(existing);
        const backend = join(temporary, "backend");
        await mkdir(backend);
        const environment = {
            PULUMI_BACKEND_URL: `file://${backend}`,
            PULUMI_CONFIG_PASSPHRASE: randomUUID(),
        };
        const stack = await explained(options.name, async () => {
            const workspace = await openWorkspace(options, temporary, environment);
            return Stack.create(options.name, workspace);
        });
        return await preview(stack);
    } finally {
        await rm(temporary, { recursive: true, force: true });
    }
}

/** The stack where it is there. Writes nothing. */
async function selectIfThere(options: DataStackOptions): Promise<Stack | undefined> {
    // Without its settings nobody has deployed from here; and to look would be to write them.
    if (!existsSync(join(options.workDirectory, "Pulumi.yaml"))) return undefined;
    try {
        const workspace = await openWorkspace(options, options.workDirectory, {});
        return await Stack.select(options.name, workspace);
    } catch (error) {
        if (error instanceof StackNotFoundError) return undefined;
        // Without a backend that it could be in there is no stack: the preview needs none.
        if (error instanceof Error && /PULUMI_ACCESS_TOKEN|pulumi login/.test(error.message))
            return undefined;
        throw failureOf(options.name, error);
    }
}

async function openWorkspace(
    options: DataStackOptions,
    workDir: string,
    envVars: Record<string, string>,
): Promise<LocalWorkspace> {
    const pulumiCommand = await findPulumi();
    const workspaceOptions: LocalWorkspaceOptions = {
        workDir,
        program: options.program,
        pulumiCommand,
        envVars: { PULUMI_SKIP_UPDATE_CHECK: "true", ...envVars },
        projectSettings: { name: project, runtime: "nodejs", main: packageRoot() },
    };
    return LocalWorkspace.create(workspaceOptions);
}

/**
 * The Pulumi CLI.
 *
 * @throws CommandFailure where it is not on PATH, or too old.
 */
export async function findPulumi(): Promise<PulumiCommand> {
    try {
        return await PulumiCommand.get();
    } catch (error) {
        const said = error instanceof Error && /version/i.test(error.message) ? ` (${firstLine(error)})` : "";
        throw new CommandFailure(
            `The Pulumi CLI can't be used${said}: install version 3.270 or newer, https://www.pulumi.com/docs/install, ` +
                "and make sure that it is on PATH",
        );
    }
}

/** Runs the engine to its end, however it ends, and keeps the events. */
async function collected(
    options: DataStackOptions,
    run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
): Promise<Omit<EngineRun, "state">> {
    const events: EngineEvent[] = [];
    try {
        await run((event) => {
            // Of lines that only say how things stand, nobody needs the old ones.
            if (event.diagnosticEvent?.ephemeral !== true) events.push(event);
            options.onEvent(event);
        });
        return { events };
    } catch (error) {
        if (error instanceof ConcurrentUpdateError) throw failureOf(options.name, error);
        // Failures of resources are among the events: what else the CLI prints is for people at a terminal.
        return { events, failure: failureOf(options.name, error).message };
    }
}

async function explained<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    try {
        return await work();
    } catch (error) {
        throw failureOf(name, error);
    }
}

/** What a failure of the CLI means to whoever called this command. */
function failureOf(name: string, error: unknown): CommandFailure {
    if (error instanceof CommandFailure) return error;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof ConcurrentUpdateError) {
        return new CommandFailure(
            `Another run works on the stack "${name}": wait until it has ended, or end it with pulumi cancel`,
        );
    }
    if (/PULUMI_CONFIG_PASSPHRASE|passphrase must be set/i.test(message)) {
        return new CommandFailure(
            `The stack "${name}" is encrypted with a passphrase: set PULUMI_CONFIG_PASSPHRASE`,
        );
    }
    if (/PULUMI_ACCESS_TOKEN|pulumi login/.test(message)) {
        return new CommandFailure(
            "Pulumi is not signed in to a backend for its state: run pulumi login, or set PULUMI_BACKEND_URL " +
                "(file://… keeps the state in a folder)",
        );
    }
    return new CommandFailure(`Pulumi failed: ${lastLines(message)}`);
}

function firstLine(error: Error): string {
    return redact(error.message.split("\n")[0] ?? "");
}

/** The end of what the CLI printed; the Automation API puts exit code and both outputs before it. */
function lastLines(message: string): string {
    const lines = message
        .split("\n")
        .filter((line) => line.trim() !== "" && !/^\s*(code|stdout):/.test(line));
    return redact(
        lines
            .slice(-5)
            .join("\n")
            .replace(/^\s*stderr:\s*/, ""),
    );
}
