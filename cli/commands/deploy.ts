import { createInterface } from "node:readline/promises";
import { resolve } from "node:path";
import type { TenantPlan } from "../../components/tenant-plan.js";
import { deployData, previewData, type DataStackOptions, type EngineRun } from "../data-stack.js";
import { declareReplicas } from "../declare.js";
import { runEventOf } from "../engine-events.js";
import { CommandFailure, exitCodeOf, exitCodes, overall, usageFailure, type Status } from "../exit.js";
import { runInfrastructure } from "../infrastructure.js";
import type { DeploySettings } from "../options.js";
import { outcomesOf } from "../outcome.js";
import type { RunResult } from "../run-events.js";
import type { Invocation } from "../invocation.js";
import { planOf } from "../tenant.js";

/** Deploys the user's program, if there is one, and then the contents beside it. Answers with the exit code. */
export async function deploy(settings: DeploySettings, invocation: Invocation): Promise<number> {
    if (settings.dryRun) return preview(settings, invocation);
    if (!settings.yes && !invocation.isTerminal) {
        throw usageFailure(
            "There is no terminal to ask on: give --yes to deploy, or --dry-run to see what would be done",
        );
    }
    const { sink, interrupt } = invocation;
    const started = performance.now();
    if (settings.infrastructure !== undefined) {
        if (!settings.yes) await confirm(`Deploy the program in ${settings.infrastructure}?`);
        await infrastructure(settings, invocation, false);
    }
    if (!settings.replicates) return exitCodes.done;
    const plan = await planOf(settings, sink, interrupt.own);
    if (!settings.yes) await confirm(question(plan, settings));
    sink({ type: "phase", phase: "contents", action: "deploy" });
    const run = await deployData(dataStack(settings, plan, invocation));
    const result = resultOf(plan, run, (performance.now() - started) / 1000);
    failWithoutEvents(run, result);
    sink({ type: "result", result });
    return exitCodeOf(result.status);
}

/** Shows what `deploy` would do, and writes nothing. Answers with the exit code. */
export async function preview(settings: DeploySettings, invocation: Invocation): Promise<number> {
    const { sink, interrupt } = invocation;
    if (settings.infrastructure !== undefined) await infrastructure(settings, invocation, true);
    if (!settings.replicates) return exitCodes.done;
    const plan = await planOf(settings, sink, interrupt.own);
    sink({ type: "phase", phase: "contents", action: "preview" });
    const run = await previewData(dataStack(settings, plan, invocation));
    if (run.failure !== undefined) throw new CommandFailure(failureText(run));
    return exitCodes.done;
}

async function infrastructure(
    settings: DeploySettings,
    { sink, interrupt }: Invocation,
    isPreview: boolean,
): Promise<void> {
    const { infrastructure: folder = "", stack } = settings;
    await runInfrastructure({ folder, stack, preview: isPreview, signal: interrupt.forChildren }, sink);
    if (interrupt.happened) throw new CommandFailure("Stopped before the contents", exitCodes.interrupted);
}

function dataStack(
    settings: DeploySettings,
    plan: TenantPlan,
    { sink, interrupt }: Invocation,
): DataStackOptions {
    const { mode, onConflict, accessTimeout } = settings;
    const replicas = plan.replicas.map(({ name, type, settings: own, source, target }) => ({
        type,
        name,
        source: source.id,
        target: target.id,
        mode,
        ...own,
        ...(onConflict === undefined ? {} : { onConflict }),
        ...(accessTimeout === undefined ? {} : { accessTimeout }),
    }));
    return {
        name: settings.stack ?? defaultStack(settings, plan),
        workDirectory: resolve(settings.workDirectory ?? ".azure-dataplane"),
        program: () => {
            declareReplicas(replicas);
            return Promise.resolve();
        },
        signal: interrupt.forChildren,
        onEvent: (event) => {
            const said = runEventOf(event);
            if (said !== undefined) sink(said);
        },
    };
}

/** The target's group, or its subscription: one stack for each place that is written to. */
function defaultStack(settings: DeploySettings, plan: TenantPlan): string {
    const groups = settings.scopes.target.resourceGroups ?? [];
    const [, subscription = "target"] =
        /subscriptions\/([^/]{8})/i.exec(plan.replicas[0]?.target.id ?? "") ?? [];
    const name = groups.length === 1 ? groups[0]?.split("/").at(-1) : undefined;
    // What Pulumi takes for a stack's name: https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack
    return (name ?? `subscription-${subscription}`).replaceAll(/[^A-Za-z0-9_.-]/g, "-");
}

function resultOf(plan: TenantPlan, run: EngineRun, seconds: number): RunResult {
    const replicas = outcomesOf(plan.replicas, run.events, run.state);
    const statuses: Status[] = replicas.map(({ status }) => status);
    const unpaired = plan.unpaired.length;
    // What has no counterpart is not done either.
    const all = unpaired === 0 ? statuses : [...statuses, "failed" as const];
    return { status: overall(all), replicas, unpaired, seconds };
}

/** A run that failed before it came to any replica has no result to show. */
function failWithoutEvents(run: EngineRun, result: RunResult): void {
    const nothing = result.replicas.every(({ elements }) =>
        elements.every(({ operation }) => operation === "none"),
    );
    if (run.failure !== undefined && nothing) throw new CommandFailure(failureText(run));
}

function failureText(run: EngineRun): string {
    const errors = run.events.flatMap((event) => {
        const said = runEventOf(event);
        return said?.type === "message" && said.severity === "error" ? [said.message] : [];
    });
    // They have been shown as they came.
    return errors.length > 0 ? "It ended with the errors above" : (run.failure ?? "Pulumi failed");
}

function question(plan: TenantPlan, { mode }: DeploySettings): string {
    const what = mode === "replication" ? "with the data" : "structure only, no data";
    return `Replicate ${String(plan.replicas.length)} resources (${what})?`;
}

async function confirm(text: string): Promise<void> {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
        const answer = await terminal.question(`${text} Type yes to go on: `);
        if (answer.trim().toLowerCase() === "yes") return;
    } finally {
        terminal.close();
    }
    throw new CommandFailure("Nothing was done");
}
