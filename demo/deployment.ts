import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Stack, type CommandResult } from "../engine-support/index.js";
import type { LocalAzure } from "../emulator/local-azure.js";
import { credentialEnvironment, ids } from "./identities.js";

/** The folder of the Pulumi program that the demo runs. */
export const programFolder = join(__dirname, "program");

/** Of what Pulumi printed, so much is shown where it failed. */
const logTailLines = 40;

/** The program's stack outputs. */
export interface StackOutputs {
    vaultUri: string;
    blobEndpoint: string;
    summaries: Record<"secrets" | "retired" | "containers" | "blobs", RunSummary>;
}

/** What a replica says of its last run; the parts that the demo tells. */
export interface RunSummary {
    created: number;
    updated: number;
    same: number;
    pruned: number;
    bytes: number;
    seconds: number;
    fidelity: number;
    paths: Record<string, number>;
}

/** Pulumi failed; the message carries the end of what it printed. */
export class PulumiFailed extends Error {
    constructor(command: string, result: CommandResult) {
        const text = stripVTControlCharacters(`${result.stdout}\n${result.stderr}`);
        const printed = text.split("\n").filter((line) => line.trim() !== "");
        const tail = printed.slice(-logTailLines).map((line) => `  ${line}`);
        super([`pulumi ${command} ended with exit code ${String(result.exitCode)}:`, ...tail].join("\n"));
        this.name = "PulumiFailed";
    }
}

/** The demo's stack on the real Pulumi CLI. */
export class Deployment {
    private constructor(
        private readonly stack: Stack,
        private readonly onLine: (line: string) => void,
    ) {}

    /** Makes the stack; nothing is deployed yet. */
    static async create(azure: LocalAzure, onLine: (line: string) => void): Promise<Deployment> {
        const stack = await Stack.create({
            program: { folder: programFolder },
            project: "contoso-staging",
            stack: "staging",
            config: {
                "azure-native:location": "westeurope",
                "contoso-staging:sourceVault": ids.vault,
                "contoso-staging:sourceAccount": ids.account,
            },
            environment: { ...azure.environment(), ...credentialEnvironment() },
        });
        return new Deployment(stack, onLine);
    }

    /** `pulumi preview --diff`. Throws `PulumiFailed`. */
    preview(): Promise<CommandResult> {
        return this.must("preview", this.stack.preview({ onLine: this.onLine }));
    }

    /** `pulumi up`. Throws `PulumiFailed`. */
    up(): Promise<CommandResult> {
        return this.must("up", this.stack.up({ onLine: this.onLine }));
    }

    async outputs(): Promise<StackOutputs> {
        return (await this.stack.outputs()) as unknown as StackOutputs;
    }

    /** The folder of state, logs and temporary files. */
    get folder(): string {
        return this.stack.folder;
    }

    /** Removes that folder. */
    async remove(): Promise<void> {
        await this.stack[Symbol.asyncDispose]();
    }

    private async must(command: string, running: Promise<CommandResult>): Promise<CommandResult> {
        const result = await running;
        if (result.exitCode !== 0) throw new PulumiFailed(command, result);
        return result;
    }
}
