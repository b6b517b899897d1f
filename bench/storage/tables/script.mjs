// What people write for this with the official SDK: list the one table, write into the other. One entity after the other
// is what scripts in public repositories do; `parallel` and `together` are what those do who know more of tables.

import { AzureNamedKeyCredential, TableClient } from "@azure/data-tables";
import process from "node:process";

const job = JSON.parse(process.argv[2] ?? "");

const open = ({ origin, account }) =>
    new TableClient(`${origin}/${account}`, job.table, new AzureNamedKeyCredential(account, job.key), {
        allowInsecureConnection: true,
    });
const [source, target] = [open(job.source), open(job.target)];

/** Works on what a stream gives, so many at once. */
async function inParallel(stream, count, work) {
    const running = new Set();
    for await (const one of stream) {
        const promise = work(one).finally(() => running.delete(promise));
        running.add(promise);
        if (running.size >= count) await Promise.race(running);
    }
    await Promise.all(running);
}

/** A hundred at a time, of one partition: the listing is in their order. */
async function* transactions(entities) {
    let actions = [];
    for await (const entity of entities) {
        const [, first] = actions[0] ?? [];
        if (actions.length === 100 || (first && first.partitionKey !== entity.partitionKey)) {
            yield actions;
            actions = [];
        }
        actions.push(["upsert", entity, "Replace"]);
    }
    if (actions.length > 0) yield actions;
}

const entities = source.listEntities();
if (job.together) {
    await inParallel(transactions(entities), 8, (actions) => target.submitTransaction(actions));
} else {
    await inParallel(entities, job.parallel ?? 1, (entity) => target.upsertEntity(entity, "Replace"));
}
process.exit();
