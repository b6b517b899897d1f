import { access } from "node:fs/promises";
import { expect } from "chai";
import { resourceChanges, resourceSteps, Stack } from "../../engine-support/index.js";

/** A dynamic resource that needs nothing: what it is told is what it has. */
function program(value: string, body = ""): string {
    return `
        import * as pulumi from "@pulumi/pulumi";
        const provider = {
            async create(inputs: object) { ${body} return { id: "fixed", outs: inputs }; },
            async update(id: string, olds: object, news: object) { ${body} return { outs: news }; },
        };
        class Thing extends pulumi.dynamic.Resource {
            declare readonly value: pulumi.Output<string>;
            constructor(name: string, inputs: object) {
                super(provider, name, inputs);
            }
        }
        const config = new pulumi.Config("here");
        const thing = new Thing("thing", {
            value: "${value}",
            plain: config.requireObject("plain"),
            secret: config.requireSecret("secret"),
        });
        export const value = thing.value;
    `;
}

describe("the real engine", () => {
    const config = { "here:plain": { list: [1, "two"] }, "here:secret": { secret: "correct horse" } };
    let stack: Stack;

    before(async () => {
        stack = await Stack.create({ program: program("one"), config });
    });
    after(async () => {
        await stack[Symbol.asyncDispose]();
    });

    it("previews, creates, and then has nothing to do", async () => {
        const preview = await stack.preview();
        expect(preview.exitCode, preview.stdout + preview.stderr).to.equal(0);
        expect(resourceChanges(preview.events)).to.deep.equal({ create: 2 });

        const up = await stack.up();
        expect(up.exitCode, up.stdout + up.stderr).to.equal(0);
        expect(await stack.outputs()).to.deep.equal({ value: "one" });

        const again = await stack.up();
        expect(resourceChanges(again.events)).to.deep.equal({ same: 2 });
    });

    it("keeps secret config out of the state", async () => {
        const state = await stack.exportState();
        const thing = state.deployment.resources?.find((resource) => resource.id === "fixed");
        expect(thing?.inputs).to.have.deep.property("plain", { list: [1, "two"] });
        expect(JSON.stringify(state)).not.to.include("correct horse");
    });

    it("shows a change as data", async () => {
        await stack.setProgram(program("two"));
        const preview = await stack.preview({ json: true });
        expect(preview.exitCode, preview.stderr).to.equal(0);
        expect(JSON.parse(preview.stdout)).to.have.nested.property("changeSummary.update", 1);
        const steps = [...resourceSteps(preview.events)].filter(([urn]) => urn.endsWith("::thing"));
        expect(steps.map(([, step]) => step)).to.deep.equal(["update"]);
    });

    it("kills a provider at a line of its progress", async () => {
        await stack.setProgram(
            program(
                "three",
                "console.log('half way'); await new Promise((resolve) => setTimeout(resolve, 60_000));",
            ),
        );
        let killed = 0;
        const up = await stack.up({
            onLine: (line, command) => {
                if (line.includes("half way")) killed += command.killProvider();
            },
        });
        expect(killed).to.be.greaterThan(0);
        expect(up.exitCode).not.to.equal(0);
        expect(await stack.outputs()).to.deep.equal({ value: "one" });
    });

    it("refreshes and destroys", async () => {
        await stack.setProgram(program("one"));
        const refresh = await stack.refresh();
        expect(refresh.exitCode, refresh.stdout + refresh.stderr).to.equal(0);
        const destroy = await stack.destroy();
        expect(destroy.exitCode, destroy.stdout + destroy.stderr).to.equal(0);
        expect((await stack.exportState()).deployment.resources ?? []).to.deep.equal([]);
    });

    it("leaves nothing behind", async () => {
        const other = await Stack.create({ program: "export {}" });
        await other[Symbol.asyncDispose]();
        const error = await access(other.folder).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        expect(error).to.have.property("code", "ENOENT");
    });
});
