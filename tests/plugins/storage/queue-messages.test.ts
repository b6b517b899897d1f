import type { HttpClient } from "@azure/core-rest-pipeline";
import type { QueueClient } from "@azure/storage-queue";
import { expect } from "chai";
import fc from "fast-check";
import type { Side } from "../../../providers/core/contract.js";
import { argumentsOf } from "../../../providers/core/pulumi/arguments.js";
import { previewReplica } from "../../../providers/core/pulumi/preview.js";
import { findElement } from "../../../providers/core/registry.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { give } from "../../emulator-services/local.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";

const copy = { messages: "copy", acknowledge: ["messages"], visibilityTimeout: 30 };

describe("messages of queues that are copied", () => {
    let accounts: Accounts;
    let pair: Pair;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(() => {
        const { cast } = accounts;
        pair = accounts.pair();
        for (const side of ["source", "target"] as const) pair.queues(side);
        give(cast, cast.producer, "Storage Account Contributor", pair.ids.source);
        give(cast, cast.deployer, "Storage Account Contributor", pair.ids.target);
        cast.azure.faults.clear();
    });

    const queue = (side: Side, name = "orders"): QueueClient => pair.queues(side).getQueueClient(name);

    async function seed(texts: readonly string[], name = "orders"): Promise<void> {
        await queue("source", name).create();
        for (const text of texts) await queue("source", name).sendMessage(text, { messageTimeToLive: -1 });
    }

    /** All that can be seen, sorted; they are gone then. */
    async function take(side: Side, name = "orders"): Promise<string[]> {
        const texts: string[] = [];
        for (;;) {
            const { receivedMessageItems: some } = await queue(side, name).receiveMessages({
                numberOfMessages: 32,
                visibilityTimeout: 600,
            });
            if (some.length === 0) return texts.sort();
            texts.push(...some.map(({ messageText }) => messageText));
        }
    }

    const world = (options: object = {}): StorageWorld =>
        new StorageWorld(pair, "queues", { ...copy, ...options });

    function succeeded({ failures }: ReplicationResult): void {
        expect(failures.map(({ error }) => error.message)).to.deep.equal([]);
    }

    /** Requests at the source that would change something. */
    function disturbances(): string[] {
        return accounts.cast.azure.requests
            .filter(({ write, host }) => write && host === pair.queueHost("source"))
            .map(
                ({ method, path }) =>
                    `${method} ${path.replace(/\/[\w-]{36}\?.*/, "/ID").replace(/\?.*/, "")}`,
            );
    }

    it("arrive as they are, once, and are all there and visible at the source", async () => {
        const texts = [
            ...Array.from({ length: 36 }, (_, number) => `order ${String(number)}`),
            "equal",
            "equal",
            "<a>&amp;\"'\r\nü€漢\u{1f511} ]]>",
            " blank around ",
            Buffer.from([0, 255, 128]).toString("base64"),
        ];
        await seed(texts);
        await queue("source").sendMessage("for an hour", { messageTimeToLive: 3_600 });
        const once = world();
        accounts.cast.azure.requests.clear();
        const first = await once.run();
        succeeded(first);
        expect(first.summary).to.include({ created: 1, fidelity: 1 });
        expect(first.losses.map(({ what }) => what)).to.deep.equal([
            "ids, times and dequeue counts of messages",
        ]);
        expect(new Set(disturbances())).to.deep.equal(
            new Set(["GET /orders/messages", "PUT /orders/messages/ID"]),
        );

        accounts.cast.azure.requests.clear();
        expect((await once.run()).summary).to.include({ same: 1 });
        const second = world();
        expect((await second.run()).summary, "without records").to.include({ same: 1 });
        expect(accounts.cast.azure.requests.filter(({ write }) => write)).to.deep.equal([]);

        const { peekedMessageItems } = await queue("target").peekMessages({ numberOfMessages: 32 });
        expect(peekedMessageItems).to.have.length(32);
        const { receivedMessageItems } = await queue("target").receiveMessages({ numberOfMessages: 32 });
        expect(receivedMessageItems[0]?.dequeueCount).to.equal(1);
        expect(receivedMessageItems[0]?.expiresOn.getUTCFullYear()).to.equal(9999);
        accounts.cast.azure.clock.advance(31_000);
        const there = await take("source");
        expect(there).to.have.length(texts.length + 1);
        expect(await take("target")).to.deep.equal(there);
    });

    it("come with five queues of which the official client shows no difference", async () => {
        const messages: Record<string, string[]> = {
            orders: ["<order>1</order>", "{}", "{}"],
            "many-1": Array.from({ length: 34 }, (_, number) => `number ${String(number)}`),
            encoded: [Buffer.from([0, 1, 2, 255]).toString("base64")],
            empty: [],
            plain: ["just one"],
        };
        for (const [number, [name, texts]] of Object.entries(messages).entries()) {
            await seed(texts, name);
            const id = `p${String(number)}`;
            if (number % 2 === 0)
                await queue("source", name).setMetadata({
                    Number: String(number),
                    note: "ü".length.toString(),
                });
            const expiresOn = new Date("2036-01-01T00:00:00Z");
            if (number > 0) {
                const accessPolicy = {
                    startsOn: new Date("2026-01-01T00:00:00Z"),
                    expiresOn,
                    permissions: "raup",
                };
                await queue("source", name).setAccessPolicy([{ id, accessPolicy }]);
            }
        }
        const result = await world().run();
        succeeded(result);
        expect(result.summary).to.include({ created: 5, fidelity: 1 });
        const shown = async (side: Side) => {
            const found: Record<string, unknown> = {};
            for await (const { name } of pair.queues(side).listQueues()) {
                const { metadata = {} } = await queue(side, name).getProperties();
                const { signedIdentifiers } = await queue(side, name).getAccessPolicy();
                const own = Object.entries(metadata).map(
                    ([key, value]) => [key.toLowerCase(), value] as const,
                );
                const carried = own.filter(([key]) => key !== "azure_dataplane_messages");
                found[name] = [Object.fromEntries(carried), signedIdentifiers, await take(side, name)];
            }
            return found;
        };
        const there = await shown("source");
        expect(Object.keys(there)).to.have.length(5);
        expect(await shown("target")).to.deep.equal(there);
    });

    it("keep the time that is left to them", async () => {
        await seed([]);
        await queue("source").sendMessage("short", { messageTimeToLive: 3_600 });
        accounts.cast.azure.clock.advance(600_000);
        succeeded(await world().run());
        const { peekedMessageItems } = await queue("target").peekMessages();
        const [{ insertedOn, expiresOn }] = peekedMessageItems as [(typeof peekedMessageItems)[0]];
        expect(expiresOn.getTime() - insertedOn.getTime()).to.be.within(2_999_000, 3_001_000);
    });

    it("go into an empty queue that somebody else made, and not among other messages", async () => {
        await seed(["one"]);
        await seed(["two"], "taken");
        await queue("target").create();
        await queue("target", "taken").create();
        await queue("target", "taken").sendMessage("its own");
        const result = await world().run();
        expect(result.summary).to.include({ updated: 1, conflicts: 1 });
        expect(await take("target")).to.deep.equal(["one"]);
        const other = world();
        for (const done of ["updated", "same"]) {
            const { summary, losses } = await other.run({ onConflict: "overwrite" });
            expect(summary).to.include({ [done]: done === "same" ? 2 : 1, fidelity: 0.5 });
            expect(losses.map(({ reason }) => reason).join()).to.include("has messages of its own");
        }
        expect(await take("target", "taken")).to.deep.equal(["its own"]);
    });

    it("come later to queues that were copied without them, and only then", async () => {
        await seed(["one"]);
        succeeded(await new StorageWorld(pair, "queues").run());
        expect(await take("target")).to.deep.equal([]);
        const later = world();
        succeeded(await later.run());
        await queue("source").sendMessage("after the copy");
        succeeded(await later.run());
        expect(await take("target")).to.deep.equal(["one"]);
    });

    it("that are hidden are losses, in every run", async () => {
        await seed(["at work", "free"]);
        await queue("source").receiveMessages({ numberOfMessages: 1, visibilityTimeout: 600 });
        const result = world();
        for (const _ of ["first", "second"]) {
            const { losses, summary } = await result.run();
            expect(losses.map(({ reason }) => reason).join()).to.match(/about 1 message was hidden/);
            expect(summary.fidelity).to.equal(0);
        }
        expect(await take("target")).to.have.length(1);
    });

    it("that no request could hold are losses, and the others come along", async () => {
        await seed(["good", "bad", "better"]);
        const spoil = (client: HttpClient): HttpClient => ({
            async sendRequest(request) {
                const response = await client.sendRequest(request);
                const { bodyAsText } = response;
                return { ...response, bodyAsText: bodyAsText?.replace(">bad<", ">bad&#x1;<") ?? null };
            },
        });
        const spoilt = new StorageWorld(pair, "queues", copy, undefined, undefined, false, spoil);
        const { losses, failures } = await spoilt.run();
        expect(failures).to.deep.equal([]);
        expect(losses.map(({ reason }) => reason).join()).to.match(/1 message is no valid text/);
        expect(await take("target")).to.deep.equal(["better", "good"]);
    });

    it("may be pruned while they are just those that were copied", async () => {
        await seed(["one"]);
        await seed(["two"], "other");
        const pruned = world();
        succeeded(await pruned.run());
        await queue("target", "other").sendMessage("three");
        for (const name of ["orders", "other"]) await queue("source", name).delete();
        expect((await pruned.run({ prune: true })).summary).to.include({ pruned: 1, kept: 1 });
        expect(await take("target", "other")).to.deep.equal(["three", "two"]);
    });

    it("are spoken of in the preview, which reads none", async () => {
        await seed(["one"]);
        const { producer, deployer } = accounts.cast;
        const profiles = Object.fromEntries(
            Object.entries({ source: producer, target: deployer }).map(([side, principal]) => {
                const { tenantId, clientId, secrets } = principal;
                return [side, { tenantId, clientId, clientSecret: secrets[0]?.value }];
            }),
        );
        const [source, target] = [pair.queueHost("source"), `https://${pair.queueHost("target")}`];
        const previewed = (options: object) =>
            previewReplica({
                entry: findElement("storage/queues"),
                parsed: argumentsOf({ source: `https://${source}`, target, mode: "replication", options }),
                target,
                settings: {
                    get: (key) => (key === "azure-dataplane:profiles" ? JSON.stringify(profiles) : undefined),
                },
                plan: true,
            });
        accounts.cast.azure.requests.clear();
        const { warnings } = await previewed(copy);
        expect(warnings.join()).to.match(/hidden from its consumers.*Stop the consumers/);
        expect((await previewed({})).warnings).to.deep.equal([]);
        expect(disturbances()).to.deep.equal([]);
    });

    it("are not read without acknowledgement, nor is the option taken", async () => {
        await seed(["one"]);
        const problem = await world({ acknowledge: [] })
            .run()
            .then(() => "", String);
        expect(problem).to.include('acknowledge: [\\"messages\\"]');
        accounts.cast.azure.requests.clear();
        succeeded(await new StorageWorld(pair, "queues", { acknowledge: ["messages"] }).run());
        expect(disturbances()).to.deep.equal([]);
    });

    it("are not doubled by answers that are lost, nor hidden for good", async () => {
        const texts = Array.from({ length: 34 }, (_, number) => `m${String(number % 30)}`).sort();
        await seed(texts);
        const { faults } = accounts.cast.azure;
        faults.add({
            host: new RegExp(pair.queueHost("target")),
            method: "POST",
            skip: 7,
            times: 2,
            kind: { type: "cut", when: "after" },
        });
        faults.add({
            host: new RegExp(pair.queueHost("source")),
            path: /messages\?/,
            method: "GET",
            skip: 4,
            times: 1,
            kind: { type: "cut", when: "after" },
        });
        const lossy = world();
        const { failures } = await lossy.run();
        for (const { error } of failures) expect(error.message).to.match(/may still be hidden/);
        faults.clear();
        accounts.cast.azure.clock.advance(180_000);
        succeeded(await lossy.run());
        expect(await take("target")).to.deep.equal(texts);
        expect(await take("source")).to.deep.equal(texts);
    });

    it("converge after ten kills: nothing doubled, nothing lost at the source", async () => {
        const texts = Array.from({ length: 34 }, (_, number) => `m${String(number % 30)}`).sort();
        await seed(texts);
        const lives = fc.sample(fc.record({ left: fc.integer({ min: 4, max: 66 }), applied: fc.boolean() }), {
            numRuns: 10,
            seed: 20_261,
        });
        let killed = 0;
        for (const { left, applied } of lives) {
            const kill = killAfter(left, applied);
            const doomed = new StorageWorld(pair, "queues", copy, kill, undefined, false, kill);
            const { failures } = await doomed.run();
            killed += Math.min(1, failures.length);
            accounts.cast.azure.clock.advance(121_000);
        }
        expect(killed, "runs that were killed").to.equal(10);
        const result = await world().run();
        succeeded(result);
        expect(await take("target")).to.deep.equal(texts);
        expect(await take("source")).to.deep.equal(texts);
    });

    it("that a killed run holds are waited for, with the time that it takes", async () => {
        await seed(["one", "two"]);
        const kill = killAfter(14, true, /POST/);
        await new StorageWorld(pair, "queues", copy, kill, undefined, false, kill).run();
        const next = world();
        const { failures } = await next.run();
        expect(failures[0]?.error.message).to.match(/may still be hidden by a run that broke off/);
        expect(failures[0]?.error.detail.remedy).to.match(/run again in \d+ seconds/);
        accounts.cast.azure.clock.advance(121_000);
        succeeded(await next.run());
        expect(await take("target")).to.deep.equal(["one", "two"]);
    });
});

/** A process that ends after so many requests, of both sides: the last one may be carried out, and no answer comes. */
function killAfter(left: number, applied: boolean, last = /./): (client: HttpClient) => HttpClient {
    let isDead = false;
    return (client) => ({
        async sendRequest(request) {
            left -= 1;
            if (isDead) throw new Error("killed");
            if (left < 0 || (last.source !== "." && last.test(request.method))) {
                isDead = true;
                if (applied) await client.sendRequest(request);
                throw new Error("killed");
            }
            return client.sendRequest(request);
        },
    });
}
