import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommandOptions, type CommandResult, pulumi } from "./command.js";
import { type Config, secretArguments, writePlainConfig } from "./config.js";
import { stackEnvironment } from "./environment.js";
import { createFolder, type Program, projectName, writeProgram } from "./workspace.js";

export interface StackOptions {
    program: Program;
    /** The project's name. Default: `test`, or what the copied folder's Pulumi.yaml says. */
    project?: string;
    /** The stack's name. Default: `dev`. */
    stack?: string;
    config?: Config;
    /** For the CLI and all that it starts: what the local Azure says, credentials. */
    environment?: Readonly<Record<string, string>>;
}

/** One resource in an exported state. */
export interface StateResource {
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    [other: string]: unknown;
}

/** What `pulumi stack export` prints. */
export interface ExportedState {
    version: number;
    deployment: { resources?: StateResource[]; pending_operations?: unknown[] };
}

/**
 * A stack of the real Pulumi CLI on a program in a folder of its own, with state in files. For tests and the demo.
 *
 * ```ts
 * await using stack = await Stack.create({ program: `…`, environment: azure.environment });
 * const result = await stack.up();
 * expect(result.exitCode, result.stdout).to.equal(0);
 * ```
 */
export class Stack implements AsyncDisposable {
    private constructor(
        /** Everything that the stack's commands write is in here: program, state, Pulumi's home, temporary files. */
        readonly folder: string,
        readonly project: string,
        readonly name: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {}

    /** Makes the folder, the stack and its config. */
    static async create(options: StackOptions): Promise<Stack> {
        const wanted = options.project ?? "test";
        const folder = await createFolder(wanted);
        const program = join(folder, "program");
        await writeProgram(program, wanted, options.program);
        const environment = stackEnvironment(folder, options.environment ?? {});
        const stack = new Stack(folder, await projectName(program), options.stack ?? "dev", environment);
        await stack.mustRun(["stack", "init", stack.name, "--secrets-provider=passphrase"]);
        if (options.config !== undefined) await stack.setConfig(options.config);
        return stack;
    }

    /** The folder of `index.ts` and `Pulumi.yaml`. */
    get programFolder(): string {
        return join(this.folder, "program");
    }

    /** Changes the program for the next command. */
    async setProgram(program: Program): Promise<void> {
        await writeProgram(this.programFolder, this.project, program);
    }

    /** Replaces the stack's config. */
    async setConfig(config: Config): Promise<void> {
        await writePlainConfig(join(this.programFolder, `Pulumi.${this.name}.yaml`), config);
        const secrets = secretArguments(config);
        if (secrets.length > 0) await this.mustRun(["config", "set-all", "--stack", this.name, ...secrets]);
    }

    /** `pulumi preview`; with `json`, standard output is one document. */
    preview(options: CommandOptions & { json?: boolean } = {}): Promise<CommandResult> {
        return this.deploy(["preview", ...(options.json === true ? ["--json"] : ["--diff"])], options);
    }

    /** `pulumi up` without its own preview. */
    up(options?: CommandOptions): Promise<CommandResult> {
        return this.deploy(["up", "--yes", "--skip-preview"], options);
    }

    refresh(options?: CommandOptions): Promise<CommandResult> {
        return this.deploy(["refresh", "--yes", "--skip-preview"], options);
    }

    destroy(options?: CommandOptions): Promise<CommandResult> {
        return this.deploy(["destroy", "--yes", "--skip-preview"], options);
    }

    /** The state, secrets as ciphertext. */
    async exportState(): Promise<ExportedState> {
        return JSON.parse(await this.mustRun(["stack", "export", "--stack", this.name])) as ExportedState;
    }

    /** The program's own outputs; secret ones in clear text only where asked for. */
    async outputs(options: { showSecrets?: boolean } = {}): Promise<Record<string, unknown>> {
        const secrets = options.showSecrets === true ? ["--show-secrets"] : [];
        const text = await this.mustRun(["stack", "output", "--json", "--stack", this.name, ...secrets]);
        return JSON.parse(text) as Record<string, unknown>;
    }

    /** Any other command of the CLI, in the program's folder. */
    run(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
        return pulumi(args, this.programFolder, this.environment, options);
    }

    /** Removes the folder, and so the state. Resources that are still there stay. */
    async [Symbol.asyncDispose](): Promise<void> {
        await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }

    private deploy(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
        return pulumi([...args, "--stack", this.name], this.programFolder, this.environment, {
            ...options,
            events: this.folder,
        });
    }

    private async mustRun(args: readonly string[]): Promise<string> {
        const result = await this.run(args);
        if (result.exitCode === 0) return result.stdout;
        // Not the arguments: they may hold a secret.
        throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed:\n${result.stdout}\n${result.stderr}`);
    }
}
