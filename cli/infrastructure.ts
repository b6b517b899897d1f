import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { LocalWorkspace, Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import { redact } from "../providers/core/redact.js";
import { findPulumi } from "./data-stack.js";
import { CommandFailure } from "./exit.js";
import type { Sink } from "./tenant.js";

export interface InfrastructureRequest {
    readonly folder: string;
    /** Undefined: the one that is selected there. */
    readonly stack: string | undefined;
    readonly preview: boolean;
    readonly signal: AbortSignal;
}

/**
 * Deploys, or previews, the user's own Pulumi program as it is. Answers with the stack's name.
 *
 * @throws CommandFailure where there is no program or no stack, and where it fails.
 */
export async function runInfrastructure(request: InfrastructureRequest, sink: Sink): Promise<string> {
    const folder = resolve(request.folder);
    checkProgram(folder, request.folder);
    const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: await findPulumi() });
    const name = await stackName(workspace, request);
    const stack = await select(name, workspace, request.folder);
    sink({ type: "phase", phase: "infrastructure", action: request.preview ? "preview" : "deploy" });
    const onOutput = lines((text) => {
        sink({ type: "output", text });
    });
    const options = { onOutput, onError: onOutput, signal: request.signal, color: "never" as const };
    try {
        if (request.preview) await stack.preview(options);
        else await stack.up(options);
    } catch {
        // What went wrong has been printed.
        throw new CommandFailure(
            `The program in ${request.folder} failed, so no contents were touched: see its output above, mend it and ` +
                "run the same command again",
        );
    }
    return name;
}

function checkProgram(folder: string, given: string): void {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
        throw new CommandFailure(
            `There is no folder ${given}: give --iac-dir the folder of a Pulumi program`,
        );
    }
    if (!["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].some((name) => existsSync(join(folder, name)))) {
        throw new CommandFailure(
            `${given} holds no Pulumi program (no Pulumi.yaml): give --iac-dir the folder of one, or run pulumi new in it`,
        );
    }
}

async function stackName(
    workspace: LocalWorkspace,
    { stack, folder }: InfrastructureRequest,
): Promise<string> {
    if (stack !== undefined) return stack;
    const selected = await workspace.stack().catch(() => undefined);
    if (selected !== undefined) return selected.name;
    throw new CommandFailure(
        `No stack is selected in ${folder}: name one with --stack, or make one with pulumi stack init --cwd ${folder}`,
    );
}

async function select(name: string, workspace: LocalWorkspace, folder: string): Promise<Stack> {
    try {
        return await Stack.select(name, workspace);
    } catch (error) {
        if (!(error instanceof StackNotFoundError)) throw error;
        const known = await workspace.listStacks().catch(() => []);
        const others = known.length === 0 ? "" : ` (there are ${known.map((each) => each.name).join(", ")})`;
        throw new CommandFailure(
            `There is no stack "${name}" of the program in ${folder}${others}: make it with ` +
                `pulumi stack init ${name} --cwd ${folder}, or name another with --stack`,
        );
    }
}

/** Cuts what comes in pieces into lines. */
function lines(onLine: (line: string) => void): (piece: string) => void {
    let rest = "";
    return (piece) => {
        const parts = (rest + piece).split("\n");
        rest = parts.pop() ?? "";
        for (const part of parts) if (part.trim() !== "") onLine(redact(part));
    };
}
