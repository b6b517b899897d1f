import { expect } from "chai";
import { BlockMemory } from "../../../providers/storage/block-memory.js";

describe("memory for blocks", () => {
    it("is each user's own, used again while anybody uses any, and let go of afterwards", async () => {
        const memory = new BlockMemory(30);
        const seen = new Set<ArrayBufferLike>();
        const inUse = new Set<ArrayBufferLike>();
        const gate = Promise.withResolvers<undefined>();
        const first = memory.hold(10, () => gate.promise);
        const others = Array.from({ length: 8 }, (_, index) =>
            memory.hold(10, async (buffer) => {
                expect(buffer.length).to.be.at.least(10);
                expect(inUse.has(buffer.buffer)).to.equal(false);
                inUse.add(buffer.buffer);
                expect(inUse.size).to.be.at.most(2);
                seen.add(buffer.buffer);
                await Promise.resolve();
                inUse.delete(buffer.buffer);
                if (index === 3) throw new Error("work failed");
            }),
        );
        const results = await Promise.allSettled(others);
        expect(results.filter(({ status }) => status === "rejected")).to.have.length(1);
        expect(seen.size).to.be.at.most(2);
        gate.resolve(undefined);
        await first;
        await memory.hold(5, (buffer) => {
            expect(buffer.length, "a new one").to.equal(5);
            return Promise.resolve();
        });
    });
});
