import { Option, type Command } from "commander";
import type { Mode } from "../providers/core/contract.js";
import type { PairingRule } from "../providers/core/inventory/pairing.js";
import type { ScopeParts } from "../providers/core/inventory/scope.js";
import type { OnConflict } from "../providers/core/replication/types.js";
import { usageFailure } from "./exit.js";

export type SideName = "source" | "target";

/** What commander makes of the flags; names as it derives them. */
export type Flags = Readonly<Record<string, unknown>>;

/** What every subcommand that works on a tenant is told, from flags and environment. */
export interface Settings {
    readonly scopes: Readonly<Record<SideName, ScopeParts>>;
    readonly mode: Mode;
    readonly pairing: PairingRule;
    readonly include: readonly string[] | undefined;
    readonly exclude: readonly string[] | undefined;
    readonly contents: readonly string[] | undefined;
}

/** What deploying and previewing are told beside that. */
export interface DeploySettings extends Settings {
    readonly infrastructure: string | undefined;
    readonly replicates: boolean;
    readonly stack: string | undefined;
    readonly workDirectory: string | undefined;
    readonly onConflict: OnConflict | undefined;
    readonly accessTimeout: number | undefined;
    readonly dryRun: boolean;
    readonly yes: boolean;
}

const sides: readonly SideName[] = ["source", "target"];

/** Flags with a form for each side and one for both. */
const sided = [
    ["tenant-id <id>", "the tenant of the resources"],
    ["subscription <id>", "the subscription of the resources (or AZURE_<SIDE>_SUBSCRIPTION_ID)"],
    ["sp-client-id <id>", "the service principal to sign in with (or AZURE_<SIDE>_CLIENT_ID)"],
    ["sp-client-secret <secret>", "its secret; safer in the environment, as AZURE_<SIDE>_CLIENT_SECRET"],
    ["sp-tenant-id <id>", "the tenant that it signs in to (or AZURE_<SIDE>_TENANT_ID)"],
] as const;

/** Adds the flags that say where, as whom, and what. */
export function addTenantOptions(command: Command): Command {
    for (const [flag, what] of sided) {
        command.option(`--${flag}`, `${what}, on both sides`);
        for (const side of sides) command.option(`--${side}-${flag}`, `${what}, at the ${side}`);
    }
    const groups = "name or resource ID of a resource group; may be given several times";
    command.option("--resource-group <name>", `${groups}, on both sides`, collect);
    for (const side of sides) {
        command.option(
            `--${side}-resource-group <name>`,
            `${groups}, at the ${side} (or AZURE_${side.toUpperCase()}_RESOURCE_GROUP)`,
            collect,
        );
    }
    command
        .addOption(
            new Option("--dataplane-mode <mode>", "structure only, or with the data")
                .choices(["template", "replication"])
                .default("template"),
        )
        .option("--include <pattern>", "glob pattern on names of resources at the source", collect)
        .option("--exclude <pattern>", "glob pattern on names of resources to leave out", collect)
        .option("--contents <types>", "element types, such as secrets,blobs; default all", collect)
        .option("--map <source=target>", "pairs two resources, each by its name or resource ID", collect)
        .option("--pair-tag <key>", "the tag by which a target says which source it belongs to")
        .option("--rename <from=to>", "text to replace in a source's name before it is looked for", collect)
        .option("--json", "prints one JSON object per line");
    return command;
}

/** Adds the flags of `deploy` and `preview`. */
export function addDeployOptions(command: Command): Command {
    return addTenantOptions(command)
        .option("--iac-dir <folder>", "a Pulumi program that makes the target's resources; deployed first")
        .option("--dataplane", "replicates contents (the default)")
        .option("--no-dataplane", "deploys the program of --iac-dir alone")
        .option("--stack <name>", "the Pulumi stack; default: made of the target's name")
        .option("--work-dir <folder>", "where the stack's settings are kept; default .azure-dataplane")
        .addOption(
            new Option(
                "--on-conflict <what>",
                "for an item at the target that differs and is not ours",
            ).choices(["fail", "skip", "overwrite"]),
        )
        .option(
            "--access-timeout <seconds>",
            "how long a role that was just assigned is waited for",
            seconds,
        );
}

function collect(value: string, before: string[] | undefined): string[] {
    return [...(before ?? []), ...value.split(",").filter((part) => part.trim() !== "")];
}

function seconds(text: string): number {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
    throw usageFailure(`--access-timeout takes a number of seconds, not "${text}"`);
}

function text(flags: Flags, name: string): string | undefined {
    const value = flags[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function list(flags: Flags, name: string): string[] | undefined {
    return flags[name] as string[] | undefined;
}

/** `sourceSpClientId` of `spClientId`. */
function sidedName(side: SideName, name: string): string {
    return `${side}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/**
 * Reads the flags. No I/O.
 *
 * @throws CommandFailure with the exit code of wrong usage where they contradict each other.
 */
export function readSettings(flags: Flags, environment: NodeJS.ProcessEnv): Settings {
    const scopeOf = (side: SideName): ScopeParts => {
        const fromEnvironment = environment[`AZURE_${side.toUpperCase()}_RESOURCE_GROUP`]
            ?.split(",")
            .filter((name) => name.trim() !== "");
        const subscription = text(flags, sidedName(side, "subscription")) ?? text(flags, "subscription");
        const resourceGroups =
            list(flags, sidedName(side, "resourceGroup")) ?? list(flags, "resourceGroup") ?? fromEnvironment;
        return { subscription, resourceGroups };
    };
    const tag = text(flags, "pairTag");
    return {
        scopes: { source: scopeOf("source"), target: scopeOf("target") },
        mode: flags["dataplaneMode"] === "replication" ? "replication" : "template",
        pairing: {
            mapping: readPairs(list(flags, "map"), "--map"),
            rename: readPairs(list(flags, "rename"), "--rename"),
            ...(tag === undefined ? {} : { tag }),
        },
        include: list(flags, "include"),
        exclude: list(flags, "exclude"),
        contents: list(flags, "contents"),
    };
}

/** As `readSettings`, with what deploying takes. */
export function readDeploySettings(flags: Flags, environment: NodeJS.ProcessEnv): DeploySettings {
    const infrastructure = text(flags, "iacDir");
    const replicates = flags["dataplane"] !== false;
    if (!replicates && infrastructure === undefined) {
        throw usageFailure(
            "--no-dataplane without --iac-dir leaves nothing to do: leave one out or give the other",
        );
    }
    if (flags["dryRun"] === true && flags["yes"] === true) {
        throw usageFailure(
            "--dry-run and --yes contradict each other: a dry run asks nothing and writes nothing",
        );
    }
    return {
        ...readSettings(flags, environment),
        infrastructure,
        replicates,
        stack: text(flags, "stack"),
        workDirectory: text(flags, "workDir"),
        onConflict: flags["onConflict"] as OnConflict | undefined,
        accessTimeout: flags["accessTimeout"] as number | undefined,
        dryRun: flags["dryRun"] === true,
        yes: flags["yes"] === true,
    };
}

function readPairs(pairs: readonly string[] | undefined, flag: string): Record<string, string> {
    const read = (pair: string): [string, string] => {
        const [from, to, more] = pair.split("=").map((part) => part.trim());
        if (!from || !to || more !== undefined) throw usageFailure(`${flag} takes from=to, not "${pair}"`);
        return [from, to];
    };
    return Object.fromEntries((pairs ?? []).map(read));
}

/**
 * What the flags say about signing in, as the environment variables that everything below reads. A side's own flag
 * wins over that for both sides, and any flag over the environment.
 *
 * @throws CommandFailure with the exit code of wrong usage where a side is given two tenants.
 */
export function credentialEnvironment(flags: Flags): Record<string, string> {
    const variables: Record<string, string> = {};
    for (const side of sides) {
        const own = (name: string) => text(flags, sidedName(side, name));
        const [ofResources, ofPrincipal] = [own("tenantId"), own("spTenantId")];
        if (ofResources !== undefined && ofPrincipal !== undefined && ofResources !== ofPrincipal) {
            throw twoTenants(`--${side}-tenant-id`, `--${side}-sp-tenant-id`);
        }
        const [general, generalPrincipal] = [text(flags, "tenantId"), text(flags, "spTenantId")];
        if (general !== undefined && generalPrincipal !== undefined && general !== generalPrincipal) {
            throw twoTenants("--tenant-id", "--sp-tenant-id");
        }
        const found = {
            TENANT_ID: ofPrincipal ?? ofResources ?? generalPrincipal ?? general,
            CLIENT_ID: own("spClientId") ?? text(flags, "spClientId"),
            CLIENT_SECRET: own("spClientSecret") ?? text(flags, "spClientSecret"),
        };
        for (const [name, value] of Object.entries(found)) {
            if (value !== undefined) variables[`AZURE_${side.toUpperCase()}_${name}`] = value;
        }
    }
    return variables;
}

function twoTenants(a: string, b: string) {
    return usageFailure(
        `${a} and ${b} name two tenants: a service principal signs in to the tenant of the resources, so give one of them`,
    );
}

/** The flags that hold a secret and stand on the command line, where other users of the machine can read it. */
export function secretFlags(command: Command): string[] {
    return ["spClientSecret", "sourceSpClientSecret", "targetSpClientSecret"]
        .filter((name) => command.getOptionValueSource(name) === "cli")
        .map((name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
}
