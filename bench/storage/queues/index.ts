import { join } from "node:path";
import type { Case, Client, Figures } from "../case.js";
import { startIdentity } from "../identity.js";
import { measured } from "../measure.js";
import { product } from "../ours.js";
import { accountKey, type Place } from "../place.js";
import { startAzurite } from "../servers.js";
import { queueNames, seed, shown, type Content } from "./place.js";

/**
 * Queues with metadata, policies and messages between two Azurites, beside the script that people write with the official
 * SDK, as no tool copies queues: eight queues at once. `kept` is the part whose metadata, policies and messages are all
 * there, with the mark of ours or without; at the source, too, all messages are there and visible: `undisturbed`.
 */
export function betweenQueues(name: string, content: Content): Case {
    return {
        name,
        group: "slow-queues",
        prepare: () => {
            const client = (clientName: string, file: string, options: object): Client => ({
                name: clientName,
                async run() {
                    // Messages are read at both sides, so each run has a source of its own.
                    await using stack = new AsyncDisposableStack();
                    const start = async (account: string) => {
                        const server = await startAzurite([account], "queue");
                        stack.defer(() => server.stop());
                        return { origin: server.origin, account };
                    };
                    const place = { source: await start("benchsource"), target: await start("benchtarget") };
                    await seed(place.source, content);
                    const figures = await run(file, place, options);
                    const [expected, copies] = [await shown(place.source), await shown(place.target)];
                    const names = queueNames(content);
                    const alike = names.filter((one) => copies.get(one)?.kept === expected.get(one)?.kept);
                    const whole = [...expected.values()].filter(
                        ({ kept }) => (JSON.parse(kept) as unknown[][])[2]?.length === content.messages,
                    );
                    return {
                        ...figures,
                        messagesPerSecond: (content.queues * content.messages) / (figures["wall"] ?? NaN),
                        kept: alike.length / names.length,
                        undisturbed: whole.length / names.length,
                    };
                },
            });
            return Promise.resolve([
                client("ours", "client.mjs", { product, queues: queueNames(content) }),
                client("script", "script.mjs", {}),
            ]);
        },
    };
}

export const queuesCase = betweenQueues("queues", { queues: 200, messages: 10 });

async function run(file: string, place: Place, options: object): Promise<Figures> {
    await using identity = await startIdentity();
    const job = { ...place, ...options, key: accountKey, signs: true };
    const { wall, cpu, memory } = await measured(
        process.execPath,
        [join(__dirname, file), JSON.stringify(job)],
        identity.environment,
    );
    return { wall, cpu, memory };
}
