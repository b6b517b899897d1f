import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import ownPackage from "../../package.json";

const root = join(__dirname, "..", "..");

/** Runs a program on this Node in a folder; answers with what it prints. */
function node(folder: string, ...args: string[]): string {
    return execFileSync(process.execPath, args, {
        cwd: folder,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
    });
}

/**
 * Packs the package and lays it into a project elsewhere as npm would. Its dependencies are links to those installed
 * here, so that nothing is fetched: exactly those that it declares, and nothing else of this project is in reach.
 */
function install(): string {
    const folder = mkdtempSync(join(tmpdir(), "azure-dataplane-package-"));
    const [packed] = JSON.parse(
        execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
            cwd: root,
            encoding: "utf8",
        }),
    ) as [{ filename: string }];
    const modules = join(folder, "node_modules");
    const installed = join(modules, ownPackage.name);
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", installed, "--strip-components=1"]);
    for (const name of Object.keys(ownPackage.dependencies)) {
        mkdirSync(dirname(join(modules, name)), { recursive: true });
        symlinkSync(join(root, "node_modules", name), join(modules, name), "junction");
    }
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true }));
    return folder;
}

describe("the package, packed and installed elsewhere", () => {
    let folder: string;

    before(() => {
        folder = install();
    });
    after(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    it("holds what is compiled, and no sources, tests or tools", () => {
        const installed = join(folder, "node_modules", ownPackage.name);
        const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
        expect(readdirSync(installed).sort()).to.include.members(["dist", "package.json"]);
        expect(files.filter((file) => /(^|\/)(tests|emulator|scripts|demo)(\/|$)/.test(file))).to.deep.equal(
            [],
        );
        expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).to.deep.equal([]);
    });

    it("offers its classes", () => {
        const names = node(
            folder,
            "--print",
            `const all = require("${ownPackage.name}");
             JSON.stringify([Object.keys(all), typeof all.KeyVaultReplica, typeof all.keyvault.Secrets])`,
        );
        const [exported, replica, secrets] = JSON.parse(names) as [string[], string, string];
        expect(exported).to.include.members(["KeyVaultReplica", "StorageReplica", "keyvault", "storage"]);
        expect([replica, secrets]).to.deep.equal(["function", "function"]);
    });

    it("can be imported by programs that are ES modules", () => {
        const program = `import { KeyVaultReplica } from "${ownPackage.name}"; console.log(typeof KeyVaultReplica);`;
        expect(node(folder, "--input-type=module", "--eval", program).trim()).to.equal("function");
    });

    it("gives the engine its providers by the text that stands in state", () => {
        const program = `const load = require("node:module").createRequire(process.cwd() + "/_.js");
             const dynamic = load("${ownPackage.name}/dynamic");
             typeof dynamic`;
        expect(node(folder, "--print", program).trim()).to.equal("object");
    });

    it("tells its version, and nothing but its entry points", () => {
        const version = node(folder, "--print", `require("${ownPackage.name}/package.json").version`);
        expect(version.trim()).to.equal(ownPackage.version);
        const hidden = `try { require("${ownPackage.name}/dist/index.js"); "open" } catch (error) { error.code }`;
        expect(node(folder, "--print", hidden).trim()).to.equal("ERR_PACKAGE_PATH_NOT_EXPORTED");
    });

    it("has types that a strict program compiles against", () => {
        writeFileSync(
            join(folder, "index.ts"),
            `import { KeyVaultReplica, keyvault } from "${ownPackage.name}";
             const secrets = new keyvault.Secrets("a", { source: "s", target: "t", mode: "replication" });
             export const copied = secrets.summary;
             export const replica = new KeyVaultReplica("b", { source: "s", target: "t" });
             // @ts-expect-error: there are two modes
             new keyvault.Secrets("c", { source: "s", target: "t", mode: "other" });`,
        );
        const options = {
            strict: true,
            module: "nodenext",
            target: "es2022",
            noEmit: true,
            skipLibCheck: false,
            types: [],
        };
        writeFileSync(
            join(folder, "tsconfig.json"),
            JSON.stringify({ compilerOptions: options, files: ["index.ts"] }),
        );
        try {
            node(folder, join(root, "node_modules", "typescript", "bin", "tsc"), "-p", ".");
        } catch (error) {
            expect.fail((error as { stdout: string }).stdout);
        }
    });
});
