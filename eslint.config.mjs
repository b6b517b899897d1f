import javascript from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import typescript from "typescript-eslint";

/** Node's globals, for the few files that are not TypeScript; there the compiler knows them. */
const nodeGlobals = Object.fromEntries(
    [
        ...["AbortSignal", "Buffer", "URL", "__dirname", "__filename", "clearTimeout", "console", "exports"],
        ...["AbortController", "fetch", "globalThis", "module", "process", "require", "setTimeout"],
    ].map((name) => [name, "readonly"]),
);

export default defineConfig(
    globalIgnores(["**/node_modules/", "dist/", "coverage/", ".cache/"]),
    javascript.configs.recommended,
    {
        files: ["**/*.ts"],
        extends: [typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "max-lines": ["error", { max: 400 }],
            // An interface's method without a return value may be an arrow function that has one.
            "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
            // Numbers print alike everywhere; the rule is for objects, and still finds those.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            // Names that a signature asks for but a body doesn't need, and what is left out of a copy on purpose.
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
            ],
            // `tsconfig.json` has noPropertyAccessFromIndexSignature off; either way of writing is the same to it.
            "@typescript-eslint/dot-notation": "off",
        },
    },
    {
        files: ["tests/**/*.ts", "bench/**/*.ts"],
        rules: {
            "max-lines": ["error", { max: 600 }],
            // chai's assertions are property reads: `expect(x).to.be.true`.
            "@typescript-eslint/no-unused-expressions": "off",
        },
    },
    {
        files: ["**/*.mjs", "**/*.cjs"],
        languageOptions: { globals: nodeGlobals },
        rules: { "max-lines": ["error", { max: 400 }] },
    },
    { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs" } },
);
