/** Which folder may import from which; docs/architecture.md says why. */
const product = "^(index\\.ts|dynamic\\.ts|providers|components|cli)";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
    forbidden: [
        {
            name: "no-circular",
            comment: "Files that import each other can only be understood, and loaded, together.",
            severity: "error",
            from: {},
            // Types alone are gone at run time: a type may name another that names it.
            to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
        },
        {
            name: "unresolvable",
            comment: "An import that leads nowhere.",
            severity: "error",
            from: {},
            to: { couldNotResolve: true, pathNot: "^pulumi-azure-dataplane" },
        },
        {
            name: "core-knows-no-plugin",
            comment: "A new kind of resource is one new folder: core finds it, and never names it.",
            severity: "error",
            from: { path: "^providers/core/" },
            to: { path: "^(providers/(?!core/)|components/|cli/|index\\.ts|dynamic\\.ts)" },
        },
        {
            name: "plugins-import-core-only",
            comment: "Each kind stands alone: what two of them need belongs into core.",
            severity: "error",
            from: { path: "^providers/(?!core/)([^/]+)/" },
            to: { path: "^(providers/(?!core/|$1/)|components/|cli/|index\\.ts|dynamic\\.ts)" },
        },
        {
            name: "components-import-providers",
            comment: "Components are made of the resources that plugins export.",
            severity: "error",
            from: { path: "^components/" },
            to: { path: "^(cli/|index\\.ts|dynamic\\.ts)" },
        },
        {
            name: "cli-imports-components-and-core",
            comment: "The command works with every plugin there is, and so names none.",
            severity: "error",
            from: { path: "^cli/" },
            to: { path: "^(providers/(?!core/)|index\\.ts|dynamic\\.ts)" },
        },
        {
            name: "product-stands-alone",
            comment: "What users install imports nothing that is only here.",
            severity: "error",
            from: { path: product },
            to: { path: "^(emulator|engine-support|tests|scripts|demo|bench|examples)/" },
        },
        {
            name: "product-has-its-dependencies",
            comment: "What users install imports only what is installed along with it.",
            severity: "error",
            from: { path: product },
            to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
        },
        {
            name: "emulator-knows-no-product",
            comment: "A local Azure that shared code with the product would share its mistakes.",
            severity: "error",
            from: { path: "^emulator/" },
            to: {
                path: "^(index\\.ts|dynamic\\.ts|providers|components|cli|tests|demo|bench|examples|scripts)",
            },
        },
        {
            name: "nothing-imports-tests",
            severity: "error",
            from: { pathNot: "^(tests|bench)/" },
            to: { path: "^tests/" },
        },
        {
            name: "examples-import-the-package",
            comment: "An example is what a user would write.",
            severity: "error",
            from: { path: "^examples/" },
            to: { path: "^(?!examples/|node_modules/)", dependencyTypes: ["local"] },
        },
    ],
    options: {
        doNotFollow: { path: "node_modules" },
        exclude: { path: "(^|/)(dist|coverage|\\.cache)/" },
        tsPreCompilationDeps: true,
        tsConfig: { fileName: "tsconfig.json" },
        enhancedResolveOptions: {
            exportsFields: ["exports"],
            conditionNames: ["require", "node", "import", "types"],
        },
    },
};
