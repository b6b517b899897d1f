import { QueueServiceClient, StorageSharedKeyCredential } from "@azure/storage-queue";
import { accountKey, type Side } from "../place.js";

/** What a case copies. */
export interface Content {
    readonly queues: number;
    /** In each of them. */
    readonly messages: number;
}

const policy = {
    id: "senders",
    accessPolicy: {
        startsOn: new Date("2026-01-01T00:00:00Z"),
        expiresOn: new Date("2036-01-01T00:00:00Z"),
        permissions: "rau",
    },
};

/** The official client of one side. */
function official({ origin, account }: Side): QueueServiceClient {
    const credential = new StorageSharedKeyCredential(account, accountKey);
    return new QueueServiceClient(`${origin}/${account}`, credential);
}

export function queueNames({ queues }: Content): string[] {
    return Array.from({ length: queues }, (_, number) => `queue-${String(number).padStart(4, "0")}`);
}

/** Makes the queues, each with metadata, a policy and messages. */
export async function seed(side: Side, content: Content): Promise<void> {
    const service = official(side);
    for (const name of queueNames(content)) {
        const queue = service.getQueueClient(name);
        await queue.create({ metadata: { team: "data", note: `made for ${name}` } });
        await queue.setAccessPolicy([policy]);
        for (let number = 0; number < content.messages; number += 1)
            await queue.sendMessage(`{"order":${String(number)},"of":"${name}"}`, { messageTimeToLive: -1 });
    }
}

/** Every queue as the official client shows it, by its name. Takes the messages out: the places are used once. */
export async function shown(side: Side): Promise<Map<string, { kept: string }>> {
    const service = official(side);
    const found = new Map<string, { kept: string }>();
    for await (const { name } of service.listQueues()) {
        const queue = service.getQueueClient(name);
        const { metadata = {} } = await queue.getProperties();
        const { signedIdentifiers } = await queue.getAccessPolicy();
        const own = Object.entries(metadata).filter(([key]) => !key.startsWith("azure_dataplane_"));
        const kept = JSON.stringify([own.sort(), signedIdentifiers, await takeAll(service, name)]);
        found.set(name, { kept });
    }
    return found;
}

async function takeAll(service: QueueServiceClient, name: string): Promise<string[]> {
    const texts: string[] = [];
    for (;;) {
        const { receivedMessageItems: some } = await service
            .getQueueClient(name)
            .receiveMessages({ numberOfMessages: 32, visibilityTimeout: 30 });
        if (some.length === 0) return texts.sort();
        texts.push(...some.map(({ messageText }) => messageText));
    }
}
