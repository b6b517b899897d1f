import type { BlobServiceProperties } from "@azure/storage-blob";
import { expect } from "chai";
import type { Side } from "../../../providers/core/contract.js";
import { placeOf, toPropertyItems, withItem } from "../../../providers/storage/service-property-item.js";
import { give } from "../../emulator-services/local.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";

const rule = (allowedOrigins: string, maxAgeInSeconds: number) => ({
    allowedOrigins,
    allowedMethods: "GET,PUT",
    allowedHeaders: "x-ms-*",
    exposedHeaders: "*",
    maxAgeInSeconds,
});

describe("settings of a blob service", () => {
    let accounts: Accounts;
    let pair: Pair;
    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(() => {
        const { cast } = accounts;
        pair = accounts.pair();
        give(cast, cast.producer, "Storage Account Contributor", pair.ids.source);
        give(cast, cast.deployer, "Storage Account Contributor", pair.ids.target);
    });

    async function settings(side: Side): Promise<BlobServiceProperties> {
        const { cors, staticWebsite, deleteRetentionPolicy } = await pair.service(side).getProperties();
        return {
            ...(cors && { cors }),
            ...(staticWebsite && { staticWebsite }),
            ...(deleteRetentionPolicy && { deleteRetentionPolicy }),
        };
    }

    it("come along: the static website, soft delete, and all rules of CORS in their order", async () => {
        await pair.service("source").setProperties({
            staticWebsite: {
                enabled: true,
                indexDocument: "i.html",
                errorDocument404Path: "errors/404.html",
            },
            deleteRetentionPolicy: { enabled: true, days: 14 },
            cors: [rule("https://b", 1), rule("https://a,https://c", 2), rule("https://b", 3)],
        });
        const world = new StorageWorld(pair, "serviceProperties");
        const result = await world.run();
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ created: 5, fidelity: 1 });
        const copied = await settings("target");
        expect(copied.staticWebsite).to.deep.equal((await settings("source")).staticWebsite);
        expect(copied.deleteRetentionPolicy).to.deep.equal({ enabled: true, days: 14 });
        const of = (origins: string) => copied.cors?.filter((one) => one.allowedOrigins === origins);
        expect(of("https://b")).to.deep.equal([rule("https://b", 1), rule("https://b", 3)]);
        expect(of("https://a,https://c")).to.deep.equal([rule("https://a,https://c", 2)]);
        accounts.cast.azure.requests.clear();
        expect((await world.run()).summary).to.include({ same: 5 });
        expect(accounts.cast.azure.requests.writes(pair.host("target"))).to.equal(0);
    });

    it("leave alone what the source doesn't set", async () => {
        await pair.service("source").setProperties({ deleteRetentionPolicy: { enabled: true, days: 3 } });
        await pair.service("target").setProperties({
            staticWebsite: { enabled: true, indexDocument: "own.html" },
            cors: [rule("https://own", 9)],
        });
        await new StorageWorld(pair, "serviceProperties").run();
        const copied = await settings("target");
        expect(copied.deleteRetentionPolicy).to.deep.equal({ enabled: true, days: 3 });
        expect(copied.staticWebsite?.indexDocument).to.equal("own.html");
        expect(copied.cors).to.deep.equal([rule("https://own", 9)]);
    });

    it("are set and taken away one by one", () => {
        const before = {
            staticWebsite: { enabled: true, indexDocument: "i" },
            cors: [rule("a", 1), rule("b", 2), rule("a", 3)],
        };
        const names = toPropertyItems("blob", before).map(({ name }) => name);
        expect(names).to.deep.equal(["cors/a", "cors/b", "cors/a (2)", "static-website"]);
        expect(withItem(before, placeOf("cors/a"), undefined)).to.deep.equal({
            cors: [rule("b", 2), rule("a", 3)],
        });
        expect(withItem(before, placeOf("static-website"), undefined)).to.deep.equal({
            staticWebsite: { enabled: false },
        });
        const { allowedOrigins: _origins, ...changed } = rule("a", 7);
        expect(withItem(before, placeOf("cors/a (2)"), changed)).to.deep.equal({
            cors: [rule("a", 1), rule("b", 2), rule("a", 7)],
        });
    });
});
