// What people write for this with the official SDK: each queue with its metadata and policies, then its messages, which are
// received, sent to the other queue, and let be seen again.

import { QueueServiceClient, StorageSharedKeyCredential } from "@azure/storage-queue";
import process from "node:process";

const job = JSON.parse(process.argv[2] ?? "");

const open = ({ origin, account }) =>
    new QueueServiceClient(`${origin}/${account}`, new StorageSharedKeyCredential(account, job.key));
const [source, target] = [open(job.source), open(job.target)];

async function copy({ name, metadata }) {
    const [from, to] = [source.getQueueClient(name), target.getQueueClient(name)];
    await to.create({ metadata });
    const { signedIdentifiers } = await from.getAccessPolicy();
    await to.setAccessPolicy(signedIdentifiers);
    const received = [];
    for (;;) {
        const { receivedMessageItems } = await from.receiveMessages({
            numberOfMessages: 32,
            visibilityTimeout: 300,
        });
        if (receivedMessageItems.length === 0) break;
        received.push(...receivedMessageItems);
        await Promise.all(
            receivedMessageItems.map(({ messageText }) =>
                to.sendMessage(messageText, { messageTimeToLive: -1 }),
            ),
        );
    }
    await Promise.all(
        received.map(({ messageId, popReceipt }) => from.updateMessage(messageId, popReceipt, undefined, 0)),
    );
}

const running = new Set();
for await (const queue of source.listQueues({ includeMetadata: true })) {
    const promise = copy(queue).finally(() => running.delete(promise));
    running.add(promise);
    if (running.size >= 8) await Promise.race(running);
}
await Promise.all(running);
process.exit();
