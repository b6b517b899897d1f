import { expect } from "chai";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import {
    Stack,
    type CommandOptions,
    type CommandResult,
    type Config,
    type Program,
    type StateResource,
} from "../../../engine-support/index.js";

/** Arguments of one replica: `type` is its class in the package, such as `keyvault.Secrets` or `StorageReplica`. */
export type ReplicaConfig = Readonly<Record<string, unknown>> & { readonly type: string };

/** A program that declares what its configuration says, so that a test changes arguments without a new program. */
const configuredProgram = `
    import * as pulumi from "@pulumi/pulumi";
    import * as dataplane from "pulumi-azure-dataplane";

    const config = new pulumi.Config("test");
    const wanted = config.getObject<Record<string, { type: string }>>("replicas") ?? {};
    const overrides = config.getSecretObject<Record<string, object>>("overrides");
    const overridden = (config.get("overridden") ?? "").split(",");
    for (const [name, { type, ...args }] of Object.entries(wanted)) {
        const Replica = type.split(".").reduce((at: any, part) => at[part], dataplane);
        const given = overridden.includes(name) ? { overrides: overrides?.apply((all) => all[name]) } : {};
        new Replica(name, { ...args, ...given });
    }
`;

/** The parts of a replica's outputs that tests look at. */
export interface ReplicaOutputs {
    items: Record<string, string>;
    copied: Record<string, { source: string; target: string; origin: string }>;
    summary: Record<string, number>;
    losses: { item: string; reason: string }[];
    [other: string]: unknown;
}

/** A stack that remembers all that its commands printed. */
export class RecordedStack implements AsyncDisposable {
    /** Both outputs of each command. */
    readonly printed: string[] = [];

    private constructor(readonly stack: Stack) {}

    static async open(options: {
        project: string;
        program?: Program;
        config?: Config;
        environment: Record<string, string>;
    }): Promise<RecordedStack> {
        return new RecordedStack(
            await Stack.create({
                program: options.program ?? configuredProgram,
                project: options.project,
                ...(options.config === undefined ? {} : { config: options.config }),
                environment: options.environment,
            }),
        );
    }

    /** What the configured program declares; `overrides` by the replica's name, as a secret. */
    async declare(
        replicas: Readonly<Record<string, ReplicaConfig>>,
        overrides: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
    ): Promise<void> {
        const names = Object.keys(overrides);
        const secrets = {
            "test:overridden": names.join(","),
            "test:overrides": { secret: JSON.stringify(overrides) },
        };
        await this.stack.setConfig({ "test:replicas": replicas, ...(names.length === 0 ? {} : secrets) });
    }

    /** `pulumi preview`. */
    preview(options?: CommandOptions): Promise<CommandResult> {
        return this.#record(this.stack.preview(options));
    }

    /** `pulumi up`, which may fail. */
    up(options?: CommandOptions): Promise<CommandResult> {
        return this.#record(this.stack.up(options));
    }

    refresh(options?: CommandOptions): Promise<CommandResult> {
        return this.#record(this.stack.refresh(options));
    }

    destroy(options?: CommandOptions): Promise<CommandResult> {
        return this.#record(this.stack.destroy(options));
    }

    /** The replica in the state. */
    async resource(name: string): Promise<StateResource> {
        const { deployment } = await this.stack.exportState();
        const found = deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
        if (found === undefined) throw new Error(`${name} is not in the state`);
        return found;
    }

    /** The outputs of the replica in the state. */
    async outputs(name: string): Promise<ReplicaOutputs> {
        return (await this.resource(name)).outputs as unknown as ReplicaOutputs;
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await this.stack[Symbol.asyncDispose]();
    }

    async #record(running: Promise<CommandResult>): Promise<CommandResult> {
        const result = await running;
        // Pulumi's own SDK tells all inputs of every resource to the engine's debug log, secret ones in clear text.
        const isDebug = ({ diagnosticEvent }: EngineEvent): boolean =>
            (diagnosticEvent?.severity as string | undefined) === "debug";
        const events = result.events.filter((event) => !isDebug(event));
        this.printed.push(result.stdout, result.stderr, JSON.stringify(events));
        return result;
    }
}

/** Both outputs of a command. */
export function textOf({ stdout, stderr }: CommandResult): string {
    return `${stdout}\n${stderr}`;
}

/** Fails with what the command printed, where it failed. */
export function succeeded(result: CommandResult): CommandResult {
    expect(result.exitCode, textOf(result)).to.equal(0);
    return result;
}

/** Fails where the command did not fail with each of these texts. */
export function failedWith(result: CommandResult, ...texts: (string | RegExp)[]): CommandResult {
    const printed = textOf(result);
    expect(result.exitCode, printed).to.not.equal(0);
    for (const text of texts) expect(printed).to.match(typeof text === "string" ? literal(text) : text);
    return result;
}

/** Paths of the properties of a replica that the engine found to differ: `items.db-password`. */
export function differences(events: readonly EngineEvent[], name: string): string[] {
    const paths = events
        // A refresh knows only afterwards what differs.
        .flatMap(({ resourcePreEvent, resOutputsEvent }) => [
            resourcePreEvent?.metadata,
            resOutputsEvent?.metadata,
        ])
        .filter((metadata) => metadata?.urn.endsWith(`::${name}`))
        .flatMap((metadata) => Object.keys(metadata?.detailedDiff ?? {}));
    return [...new Set(paths)].map((path) => path.replace(/\["([^"]*)"\]/g, ".$1")).sort();
}

function literal(text: string): RegExp {
    return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}
