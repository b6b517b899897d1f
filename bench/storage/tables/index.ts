import { join } from "node:path";
import type { Case, Client, Figures } from "../case.js";
import { startIdentity } from "../identity.js";
import { measured } from "../measure.js";
import { product } from "../ours.js";
import { accountKey, type Place } from "../place.js";
import { startAzurite } from "../servers.js";
import { official, seed, shown, tableName, type Content } from "./place.js";

/**
 * Entities between two Azurites, beside the scripts that people write with the official SDK, as no tool copies tables:
 * one entity after the other, 16 at once, and in transactions, 8 at once. `identical` is the part that arrived as it was.
 */
function betweenAccounts(name: string, content: Content): Case {
    return {
        name,
        async prepare(stack) {
            const server = await startAzurite(["benchsource"], "table");
            stack.defer(() => server.stop());
            const source = { origin: server.origin, account: "benchsource" };
            await seed(source, content);
            const expected = await shown(source);
            const client = (clientName: string, file: string, options: object, once = false): Client => ({
                name: clientName,
                once,
                run: async () => {
                    const target = await startAzurite(["benchtarget"], "table");
                    try {
                        const side = { origin: target.origin, account: "benchtarget" };
                        await official(side).createTable();
                        const figures = await run(file, { source, target: side }, options);
                        const copies = await shown(side);
                        const alike = [...expected].filter(([key, fields]) => copies.get(key) === fields);
                        return {
                            ...figures,
                            entitiesPerSecond: content.entities / (figures["wall"] ?? NaN),
                            kept: copies.size / expected.size,
                            identical: alike.length / expected.size,
                        };
                    } finally {
                        await target.stop();
                    }
                },
            });
            return [
                client("ours", "client.mjs", { product }),
                client("script", "script.mjs", {}, true),
                client("parallel", "script.mjs", { parallel: 16 }, true),
                client("transactions", "script.mjs", { together: true }),
            ];
        },
    };
}

export const tablesCase = betweenAccounts("tables", { entities: 20_000, partitions: 200 });

async function run(file: string, place: Place, options: object): Promise<Figures> {
    await using identity = await startIdentity();
    const job = { ...place, ...options, key: accountKey, table: tableName };
    const { wall, cpu, memory } = await measured(
        process.execPath,
        [join(__dirname, file), JSON.stringify(job)],
        identity.environment,
    );
    return { wall, cpu, memory };
}
