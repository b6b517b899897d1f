import type { PlannedReplica, TenantPlan } from "../components/tenant-plan.js";
import type { Mode } from "../providers/core/contract.js";

/** The files of a Pulumi program that declares what a plan says, by their names. Pure. */
export function generatedFiles(
    plan: TenantPlan,
    mode: Mode,
    dependencies: Readonly<Record<string, string>>,
): Record<string, string> {
    return {
        "Pulumi.yaml": [
            "name: replicated-tenant",
            "description: Replicates the contents of Azure resources.",
            "main: index.ts",
            "runtime: nodejs",
            "",
        ].join("\n"),
        "package.json": json({ name: "replicated-tenant", private: true, dependencies }),
        "tsconfig.json": json({
            compilerOptions: {
                strict: true,
                target: "es2022",
                module: "nodenext",
                moduleResolution: "nodenext",
                esModuleInterop: true,
            },
            files: ["index.ts"],
        }),
        "index.ts": programText(plan, mode),
    };
}

function programText({ replicas, unpaired, unsupported }: TenantPlan, mode: Mode): string {
    const classes = [...new Set(replicas.map(({ type }) => type))].sort();
    const left = [
        ...unpaired.map(
            ({ source, reason }) => `// Not replicated: ${comment(source.id)}: ${comment(reason)}`,
        ),
        ...Object.entries(unsupported).map(
            ([type, count]) => `// Not supported: ${String(count)} ${comment(type)}`,
        ),
    ];
    return [
        `import { ${classes.join(", ")} } from "pulumi-azure-dataplane";`,
        "",
        "// `template`: names and structure, no contents. `replication`: with the data.",
        `const mode = ${literal(mode)};`,
        ...replicas.flatMap((replica) => ["", declaration(replica)]),
        ...(left.length === 0 ? [] : ["", ...left]),
        "",
    ].join("\n");
}

function declaration({ type, name, source, target, settings }: PlannedReplica): string {
    const args = { source: source.id, target: target.id };
    const lines = [
        ...Object.entries(args).map(([key, value]) => `    ${key}: ${literal(value)},`),
        "    mode,",
        ...Object.entries(settings).map(([key, value]) => `    ${key}: ${JSON.stringify(value)},`),
    ];
    return [`new ${type}(${literal(name)}, {`, ...lines, "});"].join("\n");
}

/** JSON's strings are TypeScript's. */
function literal(text: string): string {
    return JSON.stringify(text);
}

/** Nothing that Azure answers with may end a comment. */
function comment(text: string): string {
    return text.replaceAll(/\s+/g, " ");
}

function json(value: object): string {
    return `${JSON.stringify(value, null, 4)}\n`;
}
