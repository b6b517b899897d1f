import { expect } from "chai";
import type { Fault } from "../../../emulator/contract.js";
import type { Item, Store } from "../../../providers/core/contract.js";
import type { ErrorCode } from "../../../providers/core/errors.js";
import { collect, type Bench } from "../bench.js";
import { failsWith, hasContents, type Check } from "../check.js";

/** What a service may answer when it does not know whether an item is there, and the code of the error. */
const refusals: readonly { title: string; kind: Fault["kind"]; code: ErrorCode }[] = [
    { title: "403", kind: { type: "status", status: 403, code: "Forbidden" }, code: "AccessDenied" },
    { title: "429", kind: { type: "status", status: 429 }, code: "Throttled" },
    { title: "500", kind: { type: "status", status: 500 }, code: "Unreachable" },
    { title: "503", kind: { type: "status", status: 503 }, code: "Unreachable" },
    { title: "a cut connection", kind: { type: "cut", when: "before" }, code: "Unreachable" },
    {
        title: "a 404 of something else",
        kind: { type: "status", status: 404, code: "NoSuchRoute" },
        code: "Unexpected",
    },
];

type Ask = (store: Store, item: Item) => Promise<unknown>;

const asks: readonly { title: string; ask: Ask; applies?: Check["applies"] }[] = [
    { title: "finding", ask: (store, { name }) => store.find(name) },
    { title: "listing", ask: (store) => collect(store.list()) },
    {
        title: "reading",
        ask: (store, item) => store.get(item),
        applies: hasContents,
    },
    { title: "removing", ask: (store, { name }) => store.remove(name, {}) },
];

export const absenceChecks: readonly Check[] = [
    {
        name: "what is not there is undefined",
        run: async (bench) => {
            for (const side of ["source", "target"] as const) {
                expect(await (await bench.open(side)).find(bench.fixture.sample(0).name)).to.equal(undefined);
            }
        },
    },
    {
        name: "only Resource Manager's 404 means that the resource is gone",
        run: async (bench) => {
            const { azure, target } = bench;
            const missing = `${target.id}gone`;
            const error = await failsWith("NotFound", () => bench.open("target", { reference: missing }));
            expect(error.message).to.include(missing);
            for (const { title, kind, code } of refusals) {
                const fault = azure.faults.add({ host: /^management\.azure\.com$/, path: /gone/, kind });
                try {
                    await failsWith(code, () => bench.open("target", { reference: missing }));
                } catch (failure) {
                    throw new Error(`after ${title}: ${String(failure)}`, { cause: failure });
                } finally {
                    fault.remove();
                }
            }
        },
    },
    ...asks.map(({ title, ask, applies }): Check => ({
        name: `${title} never takes a refusal for absence`,
        ...(applies === undefined ? {} : { applies }),
        run: async (bench) => {
            const item = await seedOne(bench);
            for (const refusal of refusals) await refuses(bench, item, ask, refusal);
            expect(await bench.target.items.read(item.name), "the item").to.not.equal(undefined);
        },
    })),
    {
        name: "without a role everything is denied, nothing is absent",
        run: async (bench) => {
            const item = await seedOne(bench);
            const store = await bench.open("target");
            bench.revoke(bench.target);
            for (const { title, ask } of asks) {
                if (title === "reading" && bench.fixture.sample(0).content === undefined) continue;
                await failsWith("AccessDenied", () => ask(store, item));
            }
        },
    },
    {
        name: "a firewall is told apart from a missing role",
        run: async (bench) => {
            const item = await seedOne(bench);
            const store = await bench.open("target");
            bench.azure.arm.put(bench.target.id, { ...bench.fixture.closed(bench.target.tenant) });
            for (const { title, ask } of asks) {
                if (title === "reading" && bench.fixture.sample(0).content === undefined) continue;
                const error = await failsWith("Firewall", () => ask(store, item));
                expect(error.message).to.include("firewall").and.include(bench.target.id);
            }
        },
    },
];

async function seedOne(bench: Bench): Promise<Item> {
    await bench.seed("target", bench.samples(1));
    const [item] = await collect((await bench.open("target")).list());
    if (item === undefined) throw new Error("the seeded item is not listed");
    return item;
}

async function refuses(
    bench: Bench,
    item: Item,
    ask: Ask,
    { title, kind, code }: (typeof refusals)[number],
): Promise<void> {
    const store = await bench.open("target");
    const fault = bench.azure.faults.add({ host: new RegExp(bench.target.hosts.join("|")), kind });
    try {
        await failsWith(code, () => ask(store, item));
    } catch (failure) {
        throw new Error(`after ${title}: ${String(failure)}`, { cause: failure });
    } finally {
        fault.remove();
    }
}
