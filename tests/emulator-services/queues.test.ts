import { QueueServiceClient, StorageSharedKeyCredential, type QueueClient } from "@azure/storage-queue";
import { expect } from "chai";
import { itemsOf } from "../plugins/helpers.js";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";

const ORIGIN = "https://stagingqueues.queue.core.windows.net";
const contributor = "Storage Queue Data Contributor";

describe("the local queues, by the official SDK", () => {
    let cast: Cast;
    let account: string;
    let service: QueueServiceClient;
    let made = 0;

    before(async () => {
        cast = await startLocalAzure();
        account = place(cast, "staging", "Microsoft.Storage/storageAccounts", "stagingqueues", {
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
        });
        give(cast, cast.deployer, contributor, account);
        service = new QueueServiceClient(ORIGIN, credentialOf(cast.deployer));
    });
    after(() => cast.azure.stop());

    async function newQueue(): Promise<QueueClient> {
        made += 1;
        const queue = service.getQueueClient(`queue-${String(made)}`);
        await queue.create();
        return queue;
    }

    it("are listed page by page in the order of their names, each once", async () => {
        for (const name of ["zz-3", "zz-1", "zz-5", "zz-2", "zz-4"])
            await service.createQueue(name, { metadata: { label: name } });
        const names: string[] = [];
        const pages = service.listQueues({ prefix: "zz-", includeMetadata: true }).byPage({ maxPageSize: 2 });
        for await (const { queueItems = [], serviceEndpoint } of pages) {
            expect(serviceEndpoint).to.equal(`${ORIGIN}/`);
            for (const { name, metadata } of queueItems) {
                expect(metadata).to.deep.equal({ label: name });
                names.push(name);
            }
        }
        expect(names).to.deep.equal(["zz-1", "zz-2", "zz-3", "zz-4", "zz-5"]);
    });

    it("hide what was received until its time is over, by the clock of the local Azure", async () => {
        const queue = await newQueue();
        await queue.sendMessage("hello", { messageTimeToLive: -1 });
        const [received] = (await queue.receiveMessages({ visibilityTimeout: 60 })).receivedMessageItems;
        expect(received).to.include({ messageText: "hello", dequeueCount: 1 });
        expect((await queue.peekMessages()).peekedMessageItems).to.deep.equal([]);
        expect((await queue.getProperties()).approximateMessagesCount).to.equal(1);
        cast.azure.clock.advance(61_000);
        const [again] = (await queue.peekMessages()).peekedMessageItems;
        expect(again).to.include({ messageId: received?.messageId, dequeueCount: 1 });
        expect(again?.expiresOn.getUTCFullYear()).to.equal(9999);
    });

    it("let what was received be seen again at once, unchanged, with its receipt and no other", async () => {
        const queue = await newQueue();
        await queue.sendMessage("again");
        const [received] = (await queue.receiveMessages({ visibilityTimeout: 60 })).receivedMessageItems;
        const { messageId = "", popReceipt = "" } = received ?? {};
        const wrong = Buffer.from("wrong").toString("base64");
        expect(await failure(queue.updateMessage(messageId, wrong, undefined, 0))).to.deep.equal({
            status: 400,
            code: "PopReceiptMismatch",
        });
        await queue.updateMessage(messageId, popReceipt, undefined, 0);
        const [peeked] = (await queue.peekMessages()).peekedMessageItems;
        expect(peeked).to.include({ messageId, messageText: "again" });
    });

    it("drop messages whose time has come", async () => {
        const queue = await newQueue();
        await queue.sendMessage("short", { messageTimeToLive: 30 });
        cast.azure.clock.advance(31_000);
        expect((await queue.peekMessages()).peekedMessageItems).to.deep.equal([]);
    });

    it("take 64 KiB and no more, five policies and no more", async () => {
        const queue = await newQueue();
        await queue.sendMessage("x".repeat(65_536));
        expect((await failure(queue.sendMessage("x".repeat(65_537))))?.status).to.equal(413);
        give(cast, cast.deployer, "Storage Account Contributor", account);
        const policies = Array.from({ length: 6 }, (_, index) => ({
            id: `p${String(index)}`,
            accessPolicy: { permissions: "r" },
        }));
        expect((await failure(queue.setAccessPolicy(policies)))?.status).to.equal(400);
        await queue.setAccessPolicy(policies.slice(1));
        expect((await queue.getAccessPolicy()).signedIdentifiers).to.have.length(5);
    });

    it("ask for the action of each operation", async () => {
        const reader = place(cast, "production", "Microsoft.Storage/storageAccounts", "readqueues", {
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
        });
        give(cast, cast.producer, contributor, reader);
        give(cast, cast.reader, "Storage Queue Data Reader", reader);
        const origin = "https://readqueues.queue.core.windows.net";
        const owned = new QueueServiceClient(origin, credentialOf(cast.producer)).getQueueClient("box");
        await owned.create();
        await owned.sendMessage("x");
        const queue = new QueueServiceClient(origin, credentialOf(cast.reader)).getQueueClient("box");
        expect((await queue.peekMessages()).peekedMessageItems).to.have.length(1);
        const denied = { status: 403, code: "AuthorizationPermissionMismatch" };
        expect(await failure(queue.receiveMessages())).to.deep.equal(denied);
        expect(await failure(queue.sendMessage("y"))).to.deep.equal(denied);
        expect(await failure(queue.setMetadata({}))).to.deep.equal(denied);
        expect(await failure(queue.getAccessPolicy())).to.deep.equal(denied);
        expect(await failure(queue.clearMessages())).to.deep.equal(denied);
    });

    it("take the account's keys, and refuse others", async () => {
        const [key] = cast.azure.arm.get(account)?.accessKeys ?? [];
        const signed = (value: string): QueueServiceClient =>
            new QueueServiceClient(ORIGIN, new StorageSharedKeyCredential("stagingqueues", value));
        await signed(key?.value ?? "").createQueue("by-key");
        const wrong = signed(Buffer.alloc(64).toString("base64"));
        expect((await failure(wrong.createQueue("by-another-key")))?.status).to.equal(403);
    });

    it("are gone with their account, and count the receiving of messages as a write", async () => {
        const queue = await newQueue();
        cast.azure.requests.clear();
        await queue.peekMessages();
        expect(cast.azure.requests.writes("stagingqueues.queue.core.windows.net")).to.equal(0);
        await queue.receiveMessages();
        expect(cast.azure.requests.writes("stagingqueues.queue.core.windows.net")).to.equal(1);
        cast.azure.clock.advance(1_000);
        const body = { kind: "StorageV2", sku: { name: "Standard_LRS" } };
        cast.azure.arm.remove(account);
        place(cast, "staging", "Microsoft.Storage/storageAccounts", "stagingqueues", body);
        give(cast, cast.deployer, contributor, account);
        expect(await itemsOf(service.listQueues())).to.deep.equal([]);
    });
});
