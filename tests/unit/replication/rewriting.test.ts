import { expect } from "chai";
import fc from "fast-check";
import type { ItemRecord } from "../../../providers/core/replication/types.js";
import { Rewriting } from "../../../providers/core/replication/rewriting.js";
import { fakeElement } from "./fake-store.js";
import { FakeReplica } from "./fake-run.js";

const rewrite = { "prod.example.net": "staging.example.net" };

function seeded(options: ConstructorParameters<typeof FakeReplica>[0] = {}): FakeReplica {
    const replica = new FakeReplica({ comparesValues: true, ...options });
    replica.source.change("connection", "Server=prod.example.net;Database=app");
    replica.source.change("plain", "nothing to see");
    return replica;
}

describe("rewriting", () => {
    it("replaces on the way and names the items, never what stood there", async () => {
        const replica = seeded();
        const result = await replica.up({ rewrite });
        expect(replica.target.contents()).to.deep.equal({
            connection: "Server=staging.example.net;Database=app",
            plain: "nothing to see",
        });
        expect(result.rewritten).to.deep.equal(["connection"]);
        expect(result.summary.fidelity).to.equal(1);
        expect(JSON.stringify(result)).not.to.include("Server=");
        expect(replica.source.writes).to.deep.equal([]);
    });

    it("knows its own copies: by record nothing is read, without one the values are compared", async () => {
        const replica = seeded();
        await replica.up({ rewrite });
        const reads = replica.source.count("get");
        const again = await replica.up({ rewrite });
        expect(again.summary).to.include({ same: 2, conflicts: 0 });
        expect(again.rewritten).to.deep.equal(["connection"]);
        expect(replica.source.count("get")).to.equal(reads);

        const adopted = await replica.up({ rewrite, copied: {} });
        expect(adopted.summary).to.include({ same: 2, conflicts: 0 });
        expect(adopted.rewritten).to.deep.equal(["connection"]);
    });

    it("goes through this process, and trusts no digest of the source", async () => {
        const replica = seeded({ serverSideCopy: true, digest: true });
        const result = await replica.up({ rewrite });
        expect(result.summary.paths).to.deep.equal({ streamed: 2 });
        expect((await replica.up({ rewrite, copied: {} })).summary).to.include({ same: 2, conflicts: 0 });
    });

    it("leaves what the user gives as it is", async () => {
        const replica = seeded();
        const result = await replica.up({ rewrite, overrides: { connection: "prod.example.net" } });
        expect(replica.target.contents()["connection"]).to.equal("prod.example.net");
        expect(result.rewritten).to.deep.equal([]);
    });

    it("reads nothing in template mode", async () => {
        const replica = seeded();
        await replica.up({ rewrite, mode: "template" });
        expect(replica.source.count("get")).to.equal(0);
    });

    it("copies anew where the records no longer prove anything", async () => {
        const replica = seeded();
        await replica.up({ rewrite });
        const records = Object.entries(replica.copied) as [string, ItemRecord][];
        const copied = Object.fromEntries(records.map(([name, record]) => [name, { ...record, source: "" }]));
        await replica.up({ rewrite: { "prod.example.net": "test.example.net" }, copied });
        expect(replica.target.contents()["connection"]).to.equal("Server=test.example.net;Database=app");
    });

    it("prefers longer texts, takes no pattern for one, and does not look at what it put in", () => {
        const rewriting = new Rewriting(fakeElement(), {
            "example.net": "short",
            "example.net.local": "long",
            "x.y": "example.net",
        });
        expect(rewriting.apply("n", "example.net.local example.net x.y xzy")).to.equal(
            "long short example.net xzy",
        );
        expect(rewriting.touched("n")).to.equal(true);
        expect(rewriting.touched("other")).to.equal(undefined);
    });

    it("replaces every occurrence and nothing else", () => {
        fc.assert(
            fc.property(
                fc.array(fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "$", "&", "\\") })),
                fc.string({ minLength: 1, unit: fc.constantFrom("a", ".", "*", "$", "\\") }),
                fc.string(),
                (parts, text, replacement) => {
                    const rewriting = new Rewriting(fakeElement(), { [text]: replacement });
                    const content = parts.join("-");
                    expect(rewriting.apply("n", content)).to.equal(content.split(text).join(replacement));
                },
            ),
        );
    });

    it("is refused where contents are no texts, by group, and for an empty text", async () => {
        const refused = async (options: object, request: object): Promise<string> =>
            seeded(options)
                .up(request)
                .then(
                    () => "",
                    (error: unknown) => String(error),
                );
        expect(await refused({ rewrite: false }, { rewrite })).to.include("no text to rewrite");
        expect(await refused({ groups: true }, { rewrite })).to.include('needs detail: "items"');
        expect(await refused({}, { rewrite: { "": "x" } })).to.include("an empty text");
    });
});
