import { z } from "zod";

const common = {
    /** The Pulumi name of the replica. */
    name: z.string().min(1),
    source: z.string().min(1),
    target: z.string().min(1),
    sourceProfile: z.string().min(1).optional(),
    targetProfile: z.string().min(1).optional(),
    mode: z.enum(["template", "replication"]).optional(),
    include: z.array(z.string().min(1)).optional(),
    exclude: z.array(z.string().min(1)).optional(),
    onConflict: z.enum(["fail", "skip", "overwrite"]).optional(),
    onItemError: z.enum(["fail", "warn"]).optional(),
    onDelete: z.enum(["keep", "delete"]).optional(),
    prune: z.boolean().optional(),
    accessTimeout: z.number().nonnegative().optional(),
    verifyPermissions: z.enum(["error", "warn", "off"]).optional(),
};

/** All of a sort, none, or those whose names match the patterns. */
const chosen = z.union([z.boolean(), z.array(z.string().min(1))]);

const replica = z.discriminatedUnion("type", [
    z.strictObject({
        type: z.literal("KeyVaultReplica"),
        ...common,
        rename: z.record(z.string(), z.string()).optional(),
        overrides: z.record(z.string(), z.string()).optional(),
        rewrite: z.record(z.string().min(1), z.string()).optional(),
        contents: z
            .array(z.enum(["secrets", "keys", "certificates", "issuers", "contacts"]))
            .min(1)
            .optional(),
        versions: z.enum(["latest", "all"]).optional(),
        onUnexportable: z.enum(["lose", "recreate"]).optional(),
    }),
    z.strictObject({
        type: z.literal("StorageReplica"),
        ...common,
        containers: z.array(z.string().min(1)).optional(),
        detail: z.enum(["items", "groups"]).optional(),
        publicAccess: z.boolean().optional(),
        policies: z.boolean().optional(),
        tags: z.boolean().optional(),
        snapshots: z.boolean().optional(),
        immutability: z.union([z.enum(["unlocked", "same"]), z.literal(false)]).optional(),
        encryptionScopes: z.union([z.record(z.string(), z.string().min(1)), z.literal(false)]).optional(),
        rehydrate: z.union([z.enum(["standard", "high"]), z.literal(false)]).optional(),
        serviceProperties: z.boolean().optional(),
        directories: z.boolean().optional(),
        accessControl: z.boolean().optional(),
        principals: z.record(z.string(), z.string().min(1)).optional(),
        shares: chosen.optional(),
        tables: chosen.optional(),
        queues: chosen.optional(),
        messages: z.enum(["copy"]).optional(),
        acknowledge: z.array(z.enum(["messages"])).optional(),
        visibilityTimeout: z.int().optional(),
    }),
]);

/** One replica as stack configuration names it: the arguments of the component, its type and its name. */
export type ReplicaConfig = z.infer<typeof replica>;

const replicas = z
    .array(replica, { error: "expected a list of replicas" })
    .min(1, "the list is empty: name at least one replica")
    .superRefine((list, context) => {
        const names = list.map((entry) => entry.name);
        names.forEach((name, index) => {
            if (names.indexOf(name) < index) {
                context.addIssue({
                    code: "custom",
                    path: [index, "name"],
                    message: `"${name}" is used twice`,
                });
            }
        });
    });

const example = `pulumi config set --path 'azure-dataplane:replicas[0].type' KeyVaultReplica (then .name, .source, .target)`;

/**
 * Checks the configuration `azure-dataplane:replicas`. Throws an error with one line per problem: where it is and what
 * is expected. Values are not printed: `overrides` are secrets.
 */
export function parseReplicas(value: unknown): ReplicaConfig[] {
    if (value === undefined) {
        throw new Error(
            `The stack configuration azure-dataplane:replicas is missing. For example: ${example}`,
        );
    }
    const result = replicas.safeParse(value);
    if (result.success) return result.data;
    const lines = result.error.issues.map(
        (issue) => `  azure-dataplane:replicas${pathText(issue.path)}: ${explain(issue)}`,
    );
    throw new Error(["The stack configuration is not right:", ...lines].join("\n"));
}

function pathText(path: readonly PropertyKey[]): string {
    return path.map((part) => (typeof part === "number" ? `[${String(part)}]` : `.${String(part)}`)).join("");
}

function explain(issue: z.core.$ZodIssue): string {
    if (issue.code === "invalid_union" && issue.path.at(-1) === "type") {
        return `expected "KeyVaultReplica" or "StorageReplica"`;
    }
    return issue.message;
}
