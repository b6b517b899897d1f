import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { DataplaneError } from "../../../providers/core/errors.js";
import { validatePlugin } from "../../../providers/core/plugin-schema.js";
import {
    elementKeys,
    findElement,
    loadPlugins,
    pluginForResourceType,
} from "../../../providers/core/registry.js";
import { fakeElement, fakePlugin } from "./support/fake-plugin.js";

const root = resolve(__dirname, "../../..");
const support = resolve(__dirname, "support/fake-plugin.ts");

function errorOf(work: () => unknown): DataplaneError {
    try {
        work();
    } catch (error) {
        if (error instanceof DataplaneError) return error;
        throw error;
    }
    throw new Error("it was taken");
}

describe("the registry", () => {
    let folder = "";
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "registry-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    /** A folder with a plugin; `code` may use `fakePlugin` and `fakeElement`. */
    function add(name: string, code?: string): void {
        mkdirSync(join(folder, name));
        if (code === undefined) return;
        const fakes = `const { fakePlugin, fakeElement } = require(${JSON.stringify(support)});`;
        writeFileSync(join(folder, name, "index.js"), `${fakes}\n${code}`);
    }

    const good = (kind: string) =>
        `exports.plugin = fakePlugin(undefined, { kind: "${kind}", resourceTypes: ["Microsoft.${kind}/boxes"] });`;

    it("finds every folder's plugin, and nothing in core, hidden folders and files", () => {
        add("beta", good("beta"));
        add("alpha", good("alpha"));
        add("core");
        add(".cache");
        writeFileSync(join(folder, "README.md"), "");
        expect([...loadPlugins(folder).keys()]).to.deep.equal(["alpha", "beta"]);
    });

    const broken: readonly (readonly [name: string, code: string | undefined, says: string])[] = [
        ["a folder without an index", undefined, 'The folder "alpha" holds no plugin'],
        ["an index that exports nothing", "", 'The folder "alpha" holds no plugin'],
        ["an index that can't be loaded", 'throw new Error("boom");', "can't be loaded: boom"],
        ["a kind that is not the folder's name", good("other"), 'its kind is "other"'],
        ["something that is no table", "exports.plugin = 7;", "malformed"],
        [
            "a table without an element type",
            "exports.plugin = { ...fakePlugin(), elements: {} };",
            "at least one",
        ],
    ];
    for (const [name, code, says] of broken) {
        it(`refuses ${name}`, () => {
            add("alpha", code);
            const error = errorOf(() => loadPlugins(folder));
            expect(error.code).to.equal("Plugin");
            expect(error.message).to.contain(says).and.to.contain("alpha");
        });
    }

    it("refuses two plugins of one kind or one ARM type", () => {
        add("alpha", good("alpha"));
        add("beta", good("alpha"));
        expect(errorOf(() => loadPlugins(folder)).message).to.match(
            /Two plugins.*"alpha".*"alpha" and "beta"/,
        );
        rmSync(join(folder, "beta"), { recursive: true });
        add("gamma", good("gamma").replace("Microsoft.gamma/boxes", "microsoft.ALPHA/boxes"));
        expect(errorOf(() => loadPlugins(folder)).message).to.contain("both claim microsoft.ALPHA/boxes");
    });

    it("finds the project's own plugins, element types and ARM types", () => {
        const kinds = readdirSync(join(root, "providers")).filter((name) => name !== "core");
        expect([...loadPlugins().keys()]).to.deep.equal(kinds.sort());
        expect(loadPlugins()).to.equal(loadPlugins());
        for (const key of elementKeys()) expect(findElement(key)).to.deep.include({ key });
        for (const plugin of loadPlugins().values()) {
            for (const type of plugin.resourceTypes) {
                expect(pluginForResourceType(type.toUpperCase())).to.equal(plugin);
            }
        }
        expect(pluginForResourceType("Microsoft.None/nothing")).to.equal(undefined);
    });

    for (const key of [
        "keyvault",
        "keyvault/none",
        "none/secrets",
        "keyvault/secrets/x",
        "",
        "keyvault/constructor",
    ]) {
        it(`says which element types there are for "${key}"`, () => {
            const error = errorOf(() => findElement(key));
            expect(error.code).to.equal("InvalidArgument");
            expect(error.detail.remedy).to.contain(elementKeys().join(", "));
        });
    }

    it("loads no SDK of a data plane, and neither sign-in", () => {
        const code =
            `require(${JSON.stringify(join(root, "providers/core/registry.ts"))}).elementKeys();` +
            `console.log(JSON.stringify(Object.keys(require.cache)));`;
        const output = execFileSync(process.execPath, ["--require", "tsx/cjs", "--eval", code], {
            cwd: root,
        });
        const packages = (JSON.parse(output.toString()) as string[])
            .map((file) =>
                /.*node_modules[\\/](@azure[\\/][^\\/]+|[^\\/]+)/.exec(file)?.[1]?.replace("\\", "/"),
            )
            .filter((name) => name !== undefined);
        const forbidden = /^@azure\/(?:storage|keyvault|identity|cosmos|data-|arm-|container)|^@pulumi/;
        expect([...new Set(packages)].filter((name) => forbidden.test(name))).to.deep.equal([]);
        expect(packages).to.include("zod");
    });
});

describe("the check of a plugin's table", () => {
    const element = fakeElement();
    const tables: readonly (readonly [name: string, table: unknown, says: string])[] = [
        ["a kind in upper case", { ...fakePlugin(), kind: "Fake" }, "kind: "],
        ["a type without a namespace", { ...fakePlugin(), resourceTypes: ["boxes"] }, "resourceTypes.0"],
        ["an api-version that is none", { ...fakePlugin(), apiVersion: "latest" }, "apiVersion"],
        ["no endpoints", { ...fakePlugin(), endpoints: undefined }, "endpoints: must be a function"],
        ["another name", { ...fakePlugin(), elements: { other: element } }, 'is called "things"'],
        [
            "an unknown feature",
            elementWith({ features: { ...element.features, teleport: true } }),
            "teleport",
        ],
        [
            "a missing feature",
            elementWith({ features: { ...element.features, marker: undefined } }),
            "marker",
        ],
        ["no mode", elementWith({ features: { ...element.features, modes: [] } }), "modes"],
        ["no open", elementWith({ open: undefined }), "open: must be a function"],
        [
            "overrides without override",
            elementWith({ features: { ...element.features, overrides: true } }),
            "override",
        ],
        ["options that are no schema", elementWith({ options: {} }), "options: must be a zod schema"],
        ["nothing in flight", elementWith({ limits: { ...element.limits, concurrency: 0 } }), "concurrency"],
        ["an unknown predecessor", elementWith({ after: ["boxes"] }), 'comes after "boxes"'],
        ["itself as predecessor", elementWith({ after: ["things"] }), "comes after itself"],
    ];

    function elementWith(overrides: object): unknown {
        return { ...fakePlugin(), elements: { things: { ...element, ...overrides } } };
    }

    for (const [name, table, says] of tables) {
        it(`refuses ${name}`, () => {
            const error = errorOf(() => validatePlugin("fake", table));
            expect(error.code).to.equal("Plugin");
            expect(error.message).to.contain(says);
        });
    }

    it("gives the very table back", () => {
        const plugin = fakePlugin();
        expect(validatePlugin("fake", plugin)).to.equal(plugin);
    });

    it("refuses a circle of predecessors", () => {
        const elements = {
            things: fakeElement({}, { after: ["parts"] }),
            parts: fakeElement({}, { name: "parts", after: ["things"] }),
        };
        expect(errorOf(() => validatePlugin("fake", { ...fakePlugin(), elements })).message).to.contain(
            "after itself",
        );
    });
});
