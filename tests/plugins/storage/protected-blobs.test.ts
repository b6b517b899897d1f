import { expect } from "chai";
import type { Item, Store } from "../../../providers/core/contract.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import type { BlobContent } from "../../../providers/storage/blob-content.js";
import { failureOf, itemsOf } from "../helpers.js";
import { Accounts, type Pair } from "./accounts.js";

describe("protected blobs", () => {
    let accounts: Accounts;
    let pair: Pair;
    let source: Store<BlobContent>;
    let target: Store<BlobContent>;
    const blob = (side: "source" | "target") =>
        pair.service(side).getContainerClient("box").getBlockBlobClient("a.txt");

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        accounts.cast.azure.faults.clear();
        pair = accounts.pair();
        source = await pair.open("blobs", "source");
        target = await pair.open("blobs", "target");
        for (const side of ["source", "target"] as const) {
            await pair.service(side).createContainer("box");
            await blob(side).upload(side, side.length, { tags: { a: "b" } });
        }
    });

    async function only(store: Store<BlobContent>): Promise<Item> {
        const [item] = await itemsOf(store.list());
        if (item === undefined) throw new Error("nothing is listed");
        return item;
    }

    /** Every way to change the target's blob. */
    async function changes(): Promise<Record<string, () => Promise<unknown>>> {
        const item = await only(source);
        const existing = await only(target);
        const options = { existing };
        return {
            put: async () => target.put(item, await source.get(item), options),
            copy: async () => target.copyFrom?.(source, item, item, options),
            properties: async () =>
                target.putProperties?.(
                    { ...item, properties: { ...item.properties, cacheControl: "x" } },
                    options,
                ),
            mark: async () => target.mark?.(existing, "replica"),
            remove: async () => target.remove(item.name, { expected: existing }),
        };
    }

    it("with a lease at the target are named, with what to do, and stay as they are", async () => {
        await blob("target").getBlobLeaseClient().acquireLease(-1);
        for (const [way, change] of Object.entries(await changes())) {
            const failure = await failureOf(change());
            expect(isDataplaneError(failure, "Conflict"), way).to.equal(true);
            expect(String(failure), way).to.include('"box/a.txt" has a lease at the target');
            expect(failure).to.have.nested.property("detail.remedy").that.includes("lease break");
        }
        expect((await blob("target").downloadToBuffer()).toString()).to.equal("target");
    });

    it("with a lease at the source are copied without it", async () => {
        await blob("source").getBlobLeaseClient().acquireLease(-1);
        for (const way of ["put", "copy"] as const) {
            await (await changes())[way]?.();
            expect((await blob("target").downloadToBuffer()).toString()).to.equal("source");
            expect((await blob("target").getProperties()).leaseState).to.equal("available");
        }
    });

    it("with an immutability policy or a legal hold at the target are named, with what to do", async () => {
        for (const [way, change] of Object.entries(await changes())) {
            const fault = accounts.cast.azure.faults.add({
                host: new RegExp(pair.host("target")),
                method: way === "remove" ? "DELETE" : "PUT",
                kind: { type: "status", status: 409, code: "BlobImmutableDueToPolicy" },
            });
            const failure = await failureOf(change());
            fault.remove();
            expect(isDataplaneError(failure, "Conflict"), way).to.equal(true);
            expect(String(failure), way).to.include("immutability policy or a legal hold");
        }
    });

    it("with snapshots at the target are not removed", async () => {
        await blob("target").createSnapshot();
        const failure = await failureOf(target.remove("box/a.txt", { expected: await only(target) }));
        expect(isDataplaneError(failure, "Conflict")).to.equal(true);
        expect(String(failure)).to.include("has snapshots");
    });
});
