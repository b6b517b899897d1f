import { expect } from "chai";
import { give } from "../../emulator-services/local.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";

const policy = {
    id: "senders",
    accessPolicy: {
        startsOn: new Date("2026-01-01T00:00:00Z"),
        expiresOn: new Date("2036-01-01T00:00:00Z"),
        permissions: "rau",
    },
};

describe("queues of a storage account", () => {
    let accounts: Accounts;
    let pair: Pair;

    before(async () => {
        accounts = await Accounts.start();
    });

    after(async () => {
        await accounts.cast.azure.stop();
    });

    beforeEach(async () => {
        pair = accounts.pair();
        // The official client's rights are there from here on.
        pair.queues("target");
        give(accounts.cast, accounts.cast.producer, "Storage Account Contributor", pair.ids.source);
        const queue = pair.queues("source").getQueueClient("orders");
        await queue.create({ metadata: { Team: "data" } });
        await queue.setAccessPolicy([policy]);
        await queue.sendMessage("an order");
    });

    it("come with metadata and policies, and what stays behind is told", async () => {
        give(accounts.cast, accounts.cast.deployer, "Storage Account Contributor", pair.ids.target);
        accounts.cast.azure.requests.clear();
        const { summary, losses } = await new StorageWorld(pair, "queues").run();
        expect(summary).to.include({ created: 1, lost: 0 });
        expect(losses.map(({ what, minor }) => [what, minor])).to.deep.equal([["messages", true]]);
        expect(losses[0]?.reason).to.match(/^about 1 message stays behind/);
        const writes = accounts.cast.azure.requests.filter(({ write }) => write).map(({ host }) => host);
        expect(new Set(writes)).to.deep.equal(new Set([pair.queueHost("target")]));
        const queue = pair.queues("target").getQueueClient("orders");
        expect((await queue.getProperties()).metadata).to.deep.equal({ team: "data" });
        expect((await queue.getAccessPolicy()).signedIdentifiers).to.deep.equal([policy]);
    });

    it("lack policies that the target's role can't set, and every run says so", async () => {
        const world = new StorageWorld(pair, "queues");
        for (const done of ["created", "same"]) {
            const { summary, losses, failures } = await world.run();
            expect(failures).to.deep.equal([]);
            expect(summary, done).to.include({ [done]: 1 });
            const lack = losses.find(({ what }) => what === "policies");
            expect(lack?.remedy, done).to.include("Storage Account Contributor at the target");
        }
        expect((await new StorageWorld(pair, "queues", { policies: false }).run()).losses).to.have.length(1);
        const { failures } = await new StorageWorld(pair, "queues", { policies: true }).run();
        expect(failures.map(({ error }) => error.code)).to.deep.equal(["AccessDenied"]);
    });
});
