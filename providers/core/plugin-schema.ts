import { z } from "zod";
import type { Plugin } from "./contract.js";
import { DataplaneError } from "./errors.js";

const callable = z.custom((value) => typeof value === "function", "must be a function");
const optionalCallable = callable.optional();
const zodType = z.custom((value) => value instanceof Object && "safeParse" in value, "must be a zod schema");

const rate = z.looseObject({
    name: z.string().min(1),
    count: z.number().positive(),
    perMilliseconds: z.number().positive(),
    applies: callable,
    source: z.string().min(1),
});

const parts = z.strictObject({ above: z.number().positive(), bytes: z.number().positive() });

const features = z.strictObject({
    modes: z.array(z.enum(["template", "replication"])).min(1),
    order: z.enum(["key", "none"]),
    detail: z.enum(["items", "groups"]),
    digest: z.boolean(),
    comparesValues: z.boolean(),
    keepsVersions: z.boolean(),
    softDelete: z.boolean(),
    serverSideCopy: z.boolean(),
    rename: z.boolean(),
    overrides: z.boolean(),
    marker: z.boolean(),
    rewrite: z.boolean(),
    modifiedMilliseconds: z.number().int().positive().optional(),
});

const elementType = z
    .looseObject({
        name: z.string().regex(/^[a-z][A-Za-z0-9]*$/, "must be a word in camel case"),
        singular: z.string().min(1),
        after: z.array(z.string()).optional(),
        features,
        limits: z.looseObject({
            concurrency: z.int().positive(),
            rates: z.array(rate),
            requestsPerItem: callable,
            bytesPerSecond: z.number().positive().optional(),
            parts: z.strictObject({ streamed: parts, serverSide: parts }).optional(),
            billed: z
                .strictObject({ perItem: callable, perPage: z.string(), perPart: z.string().optional() })
                .optional(),
        }),
        options: zodType,
        permissions: callable,
        sourceReads: callable,
        disturbingReads: z.looseObject({ includes: callable, allows: callable, notice: callable }).optional(),
        idempotent: callable,
        invalidName: callable,
        key: callable,
        compare: callable,
        override: optionalCallable,
        rewrite: optionalCallable,
        denied: optionalCallable,
        batches: z
            .looseObject({
                items: z.int().min(2),
                bytes: z.number().positive(),
                source: z.string().min(1),
                key: callable,
                size: callable,
            })
            .optional(),
        ownAccess: optionalCallable,
        open: callable,
    })
    .refine((element) => !element.features.overrides || typeof element.override === "function", {
        path: ["override"],
        message: "must be there as features.overrides is true",
    })
    .refine((element) => !element.features.rewrite || typeof element.rewrite === "function", {
        path: ["rewrite"],
        message: "must be there as features.rewrite is true",
    });

const pluginTable = z
    .looseObject({
        kind: z.string().regex(/^[a-z][a-z0-9]*$/, "must be lower-case letters and digits"),
        title: z.string().min(1),
        resourceTypes: z.array(z.string().regex(/^[A-Za-z0-9]+\.[A-Za-z0-9.]+(\/[A-Za-z0-9]+)+$/)).min(1),
        apiVersion: z.string().regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/),
        endpoints: callable,
        fromUrl: callable,
        uniqueNames: z.boolean().optional(),
        prices: z
            .strictObject({
                currency: z.string().regex(/^[A-Z]{3}$/),
                asOf: z.string().regex(/^\d{4}-\d{2}$/),
                source: z.url(),
                prices: z.record(
                    z.string(),
                    z.strictObject({ amount: z.number().nonnegative(), per: z.number().positive() }),
                ),
            })
            .optional(),
        elements: z.record(z.string(), elementType).refine((elements) => Object.keys(elements).length > 0, {
            message: "must have at least one element type",
        }),
    })
    .superRefine((plugin, context) => {
        for (const [name, element] of Object.entries(plugin.elements)) {
            const problem =
                element.name !== name ? `is called "${element.name}"` : afterProblem(plugin.elements, name);
            if (problem !== undefined) {
                context.addIssue({ code: "custom", path: ["elements", name], message: problem });
            }
        }
    });

/** `after` must name element types of the same plugin, and lead back to none. */
function afterProblem(
    elements: Readonly<Record<string, { after?: string[] | undefined }>>,
    start: string,
): string | undefined {
    const seen = new Set<string>();
    const open = [...(elements[start]?.after ?? [])];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
        if (!Object.hasOwn(elements, name)) return `comes after "${name}", which the plugin does not have`;
        if (name === start) return "comes after itself";
        if (!seen.has(name)) open.push(...(elements[name]?.after ?? []));
        seen.add(name);
    }
    return undefined;
}

/**
 * Checks the table that a plugin's folder exports, member by member.
 *
 * @returns the very object, typed.
 * @throws DataplaneError `Plugin` that names the folder and every member that is wrong.
 */
export function validatePlugin(folder: string, candidate: unknown): Plugin {
    if (candidate === undefined) {
        throw new DataplaneError(
            "Plugin",
            `The folder "${folder}" holds no plugin: its index does not export "plugin"`,
            {
                remedy: "Export `plugin`, or remove the folder.",
            },
        );
    }
    const result = pluginTable.safeParse(candidate);
    if (!result.success) {
        const problems = result.error.issues.map(
            (issue) => `${issue.path.join(".") || "plugin"}: ${issue.message}`,
        );
        throw new DataplaneError(
            "Plugin",
            `The plugin in the folder "${folder}" is malformed: ${problems.join("; ")}`,
        );
    }
    return candidate as Plugin;
}
