import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { elementKeys } from "../../providers/core/registry.js";
import { fixtureFile, loadFixture } from "./fixture.js";
import { checks } from "./suite.js";
import { waivers } from "./waivers.js";

const keys = elementKeys();
/** Of element types and of their variants. */
const titles = keys.flatMap((key) => [
    key,
    ...Object.keys(loadFixture(key)?.variants ?? {}).map((title) => `${key}, ${title}`),
]);

describe("conformance", () => {
    it("finds element types, and each has a fixture and a file of tests", () => {
        expect(keys).to.not.be.empty;
        expect(keys.filter((key) => !existsSync(fixtureFile(key)))).to.deep.equal([]);
        const wanted = keys.map((key) => key.replace("/", "-")).sort();
        for (const [folder, ending] of [
            ["fixtures", ".ts"],
            ["elements", ".test.ts"],
        ] as const) {
            const files = readdirSync(join(__dirname, folder)).filter((file) => file.endsWith(ending));
            expect(files.map((file) => file.slice(0, -ending.length)).sort(), folder).to.deep.equal(wanted);
        }
    });

    it("has no two checks of one name, and no waiver without a check or a reason", () => {
        const names = checks.map(({ name }) => name);
        expect(names.length).to.equal(new Set(names).size);
        for (const [title, waived] of Object.entries(waivers)) {
            expect(titles).to.include(title);
            for (const [name, reason] of Object.entries(waived)) {
                expect(names).to.include(name);
                expect(reason).to.match(/\w+ \w+/);
            }
        }
    });

    it("loads no Azure SDK to find them", () => {
        const script = `
            require("tsx/cjs");
            require(${JSON.stringify(join(__dirname, "../../providers/core/registry.ts"))}).elementKeys();
            const sdks = Object.keys(require.cache).filter((file) =>
                /node_modules\\/@azure\\/(?!core-|abort-controller|logger)/.test(file));
            process.stdout.write(JSON.stringify(sdks));`;
        const output = execFileSync(process.execPath, ["-e", script], {
            encoding: "utf8",
            cwd: join(__dirname, "../.."),
        });
        expect(JSON.parse(output)).to.deep.equal([]);
    });
});
