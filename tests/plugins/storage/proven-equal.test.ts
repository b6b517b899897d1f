import { expect } from "chai";
import fc from "fast-check";
import { equalStreams } from "../../../providers/storage/equal-streams.js";
import { Accounts, roles } from "./accounts.js";
import { Kill, randomContent, tally, Transfers, writeWithoutMd5 } from "./transfers-world.js";

describe("blobs without an MD5", () => {
    let accounts: Accounts;
    let transfers: Transfers;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        transfers = await Transfers.begin(accounts);
    });

    it("that a killed run has copied are found equal by their bytes, and adopted", async () => {
        for (const name of ["a", "b", "c"]) await transfers.seed(name, randomContent(16), { md5: false });
        const kill = new Kill(50, "before", []);
        await transfers.replicate({ forget: true, signal: kill.signal, wrap: { target: kill.wrap } });
        accounts.cast.azure.requests.clear();
        const { summary, failures } = await transfers.replicate({ forget: true });
        expect(failures.map(({ error }) => error.message)).to.deep.equal([]);
        expect(summary).to.include({ conflicts: 0, fidelity: 1 });
        expect(summary.same).to.be.above(0);
        expect(summary.compared).to.deep.equal({ items: summary.same, bytes: summary.same * 16 * 1024 });
        expect(summary.same + summary.created).to.equal(3);
    });

    it("are not read where the record proves them equal", async () => {
        await transfers.seed("a", randomContent(16), { md5: false });
        await transfers.replicate();
        accounts.cast.azure.requests.clear();
        const { summary } = await transfers.replicate();
        expect(summary).to.include({ same: 1 }).and.not.have.property("compared");
        for (const side of ["source", "target"] as const)
            expect(transfers.operations(side)).to.deep.equal([]);
    });

    it("that differ in a byte, in length or in properties stay conflicts, and are read no further than needed", async () => {
        const content = await transfers.seed("a", randomContent(16), { md5: false });
        await transfers.seed("b", content, { md5: false });
        await transfers.seed("c", content, { md5: false });
        const target = (name: string, changed: Buffer): Promise<void> =>
            writeWithoutMd5(transfers.blob("target", name), changed);
        const changed = Buffer.from(content);
        changed[15_000] = (changed[15_000] ?? 0) ^ 1;
        await target("a", changed);
        await target("b", content.subarray(1));
        await target("c", content);
        await transfers.blob("target", "c").setMetadata({ other: "yes" });
        const { summary, failures } = await transfers.replicate();
        expect(summary).to.include({ conflicts: 3, same: 0 });
        expect(failures.map(({ error }) => error.code)).to.deep.equal(["Conflict", "Conflict", "Conflict"]);
        expect(summary.compared?.items).to.equal(1);
        const reads = tally([...transfers.operations("source"), ...transfers.operations("target")]);
        expect(reads["GET blob"]).to.equal(2);
        expect((await transfers.blob("target", "a").downloadToBuffer()).equals(changed)).to.equal(true);
    });

    it("at either side alone are compared as well, and not where conflicts are to be overwritten", async () => {
        const content = await transfers.seed("a", randomContent(2), { md5: false });
        await transfers.blob("target", "a").upload(content, content.length);
        const overwritten = await transfers.replicate({ onConflict: "overwrite", forget: true });
        expect(overwritten.summary).to.include({ updated: 1 }).and.not.have.property("compared");
        await transfers.blob("target", "a").upload(content, content.length);
        const { summary } = await transfers.replicate({ forget: true, onConflict: "skip" });
        expect(summary).to.deep.include({ same: 1, compared: { items: 1, bytes: content.length } });
    });

    it("of which index tags or tier change get those alone, though no time of a change shows it", async () => {
        const hour = 3_600_000;
        const run = { detail: "groups", later: hour } as const;
        for (const name of ["a", "b", "c"]) await transfers.seed(name, randomContent(2), { md5: false });
        await transfers.replicate(run);
        const source = transfers.blob("source", "a");
        const before = await source.getProperties();
        await source.setTags({ color: "red" });
        await transfers.blob("source", "b").setAccessTier("Cool");
        expect((await source.getProperties()).lastModified).to.deep.equal(before.lastModified);
        accounts.cast.azure.requests.clear();
        const { summary, failures } = await transfers.replicate(run);
        expect(failures.map(({ error }) => error.message)).to.deep.equal([]);
        expect(summary).to.deep.include({ updated: 2, same: 1, paths: { properties: 2 } });
        expect((await transfers.blob("target", "a").getTags()).tags).to.deep.equal({ color: "red" });
        expect((await transfers.blob("target", "b").getProperties()).accessTier).to.equal("Cool");
        expect((await transfers.replicate(run)).summary).to.include({ updated: 0, same: 3 });
    });

    it("whose tags the target's side may not see are not written again and again", async () => {
        const run = {
            detail: "groups",
            later: 3_600_000,
            as: { target: transfers.pair.writer(roles.contributor) },
        } as const;
        await transfers.seed("a", randomContent(2));
        await transfers.blob("source", "a").setTags({ color: "red" });
        expect((await transfers.replicate(run)).losses.map(({ what }) => what)).to.deep.equal(["tags"]);
        const { summary, losses } = await transfers.replicate(run);
        expect(summary).to.include({ updated: 0, same: 1, fidelity: 0 });
        expect(losses.map(({ what }) => what)).to.deep.equal(["tags"]);
    });

    it("are compared as streams, however these are cut", async () => {
        async function* cut(content: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
            let offset = 0;
            for (const length of [...lengths, content.length]) {
                yield await Promise.resolve(content.subarray(offset, offset + length));
                offset += length;
            }
        }
        const lengths = fc.array(fc.nat(9), { maxLength: 9 });
        await fc.assert(
            fc.asyncProperty(
                fc.uint8Array({ maxLength: 40 }),
                fc.uint8Array({ maxLength: 40 }),
                fc.boolean(),
                lengths,
                lengths,
                async (one, other, alike, cutsOfOne, cutsOfOther) => {
                    const second = alike ? one.slice() : other;
                    const { equal, bytes } = await equalStreams(
                        cut(one, cutsOfOne),
                        cut(second, cutsOfOther),
                    );
                    expect(equal).to.equal(Buffer.compare(one, second) === 0);
                    if (equal) expect(bytes).to.equal(one.length);
                },
            ),
        );
    });

    it("let go of the stream that is not read to its end", async () => {
        const ended: string[] = [];
        async function* endless(name: string, byte: number): AsyncGenerator<Uint8Array> {
            try {
                for (;;) yield await Promise.resolve(Uint8Array.of(byte));
            } finally {
                ended.push(name);
            }
        }
        expect(await equalStreams(endless("a", 1), endless("b", 2))).to.deep.equal({
            equal: false,
            bytes: 1,
        });
        expect(ended.sort()).to.deep.equal(["a", "b"]);
    });
});
