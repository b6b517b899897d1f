import { existsSync } from "node:fs";
import { expect } from "chai";
import { throughClient } from "../../bench/storage/azurite-cases.js";
import type { Case } from "../../bench/storage/case.js";
import { betweenShares } from "../../bench/storage/files/index.js";
import { betweenQueues } from "../../bench/storage/queues/index.js";
import { runCase } from "../../bench/storage/run-case.js";
import { onStub } from "../../bench/storage/stub-cases.js";
import { throughEngine } from "../../bench/storage/up-case.js";

const few = { blobs: 5, bytes: 100 };

/** Our own client once; peers would first have to be built. */
async function ours(chosen: Case): Promise<Record<string, number>> {
    const measured = await runCase(chosen, { rounds: 1, clients: ["ours"] });
    return measured["ours"] as unknown as Record<string, number>;
}

/** Without GNU time there is nothing to measure with, which is an error of one sentence. */
const canMeasure = existsSync("/usr/bin/time");

async function expectFaithful(chosen: Case): Promise<Record<string, number> | undefined> {
    const running = ours(chosen);
    if (!canMeasure && chosen.name !== "up") {
        expect(await running.then(String, String)).to.match(/install GNU time/);
        return undefined;
    }
    const figures = await running;
    expect(figures).to.include({ kept: few.blobs, identical: few.blobs });
    return figures;
}

describe("the storage benchmark, once and tiny", () => {
    it("copies between two Azurites", async () => {
        const figures = await expectFaithful(throughClient("small", few, []));
        if (figures !== undefined) expect(figures["requestsPerBlob"]).to.be.at.least(2);
    });

    it("copies files between two accounts of the local Azure", async () => {
        const figures = await expectFaithful(betweenShares("files-small", few));
        if (figures !== undefined) expect(figures["requestsPerFile"]).to.be.at.least(3);
    });

    it("has nothing to do the second time", async () => {
        const figures = await expectFaithful(throughClient("small-nothing-to-do", few, [], { again: true }));
        if (figures !== undefined) expect(figures["requestsPerBlob"]).to.be.below(2);
    });

    it("has a stub copy", async () => {
        const shape = { ...few, delay: 1, copied: false };
        const running = ours(onStub("server-side", shape, { rclone: { flags: [] } }));
        if (canMeasure) expect((await running)["requestsPerBlob"]).to.be.at.least(1);
        else expect(await running.then(String, String)).to.match(/install GNU time/);
    });

    it("copies queues with their messages", async () => {
        const running = ours(betweenQueues("queues", { queues: 3, messages: 5 }));
        if (canMeasure) expect(await running).to.include({ kept: 1, undisturbed: 1 });
        else expect(await running.then(String, String)).to.match(/install GNU time/);
    });

    it("copies by the real engine, to the same servers", async () => {
        await expectFaithful(throughEngine("up", few, []));
    });
});
