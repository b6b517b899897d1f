import { expect } from "chai";
import type { DataplaneError } from "../../../providers/core/errors.js";
import { openBatches } from "../../../providers/core/replication/batches.js";
import { entities } from "../../../providers/storage/tables/entities.js";
import type { Cast } from "../../emulator-services/local.js";
import { failureOf, itemsOf } from "../helpers.js";
import { startWorld, TablesWorld } from "./tables-world.js";

/** Of every type what lies at its ends, and what is often lost. */
const extremes: Readonly<Record<string, readonly unknown[]>> = {
    Int32: [-2147483648, 2147483647, 0, -1],
    Int64: ["-9223372036854775808", "9223372036854775807", "0", "9007199254740993"],
    Double: [
        5e-324,
        1.7976931348623157e308,
        1,
        0.1,
        "NaN",
        "Infinity",
        "-Infinity",
        1e21,
        -123456789012345680000,
    ],
    Boolean: [true, false],
    String: [
        "",
        "x".repeat(32_000),
        'quotes " \\ /',
        "grüße 日本 \u{1f511} \u0000\u2028\u2029\r\n",
        "1.0",
        "{}",
    ],
    Guid: ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    DateTime: [
        "1601-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "2026-01-02T03:04:05.1234567Z",
        "2026-01-02T03:04:05.0000001Z",
    ],
    Binary: ["", "AA==", Buffer.alloc(60_000, 0xff).toString("base64")],
};

function entity(number: number): { partitionKey: string; rowKey: string } & Record<string, unknown> {
    const properties = Object.entries(extremes).map(([type, values]): [string, object] => [
        `A${type}`,
        // The large ones in a few only: 2,000 entities of 150 KB are no better test.
        { type, value: values[number % (number < 12 ? values.length : 1)] },
    ]);
    return {
        partitionKey: `part ${String(number % 37)}'s`,
        rowKey: `row-${String(number).padStart(5, "0")}`,
        ...Object.fromEntries(properties),
        ...(number % 3 === 0 ? { OnlySome: "yes" } : {}),
    };
}

describe("entities of tables", () => {
    let cast: Cast;
    before(async () => {
        cast = await startWorld();
    });
    after(async () => {
        await cast.azure.stop();
    });

    it("arrive with every type at its extremes, character by character", async () => {
        const world = await TablesWorld.create(cast, ["Facts", "more"]);
        const all = Array.from({ length: 2_000 }, (_, number) => entity(number));
        await world.seed("source", "Facts", all);
        await world.seed("source", "more", [{ partitionKey: "p", rowKey: "r" }]);
        const { summary, failures } = await world.up();
        expect(failures).to.deep.equal([]);
        expect(summary).to.include({ created: 2_001, fidelity: 1 });
        for (const table of ["Facts", "more"]) {
            const source = await world.rawEntities("source", table);
            expect(await world.rawEntities("target", table)).to.deep.equal(source);
            expect(Object.keys(source)).to.have.lengthOf(table === "Facts" ? 2_000 : 1);
        }
        const facts = Object.values(await world.rawEntities("target", "Facts"));
        expect(facts.some((fields) => fields.includes('"ADouble":1.0'))).to.equal(true);
        expect(
            facts.some((fields) => fields.includes('"ADateTime":"2026-01-02T03:04:05.1234567Z"')),
        ).to.equal(true);
        // The official SDK reads the same, too.
        const read = async (side: "source" | "target") => {
            const rows: unknown[] = [];
            const query = { disableTypeConversion: true };
            for await (const row of world.table(side, "Facts").listEntities(query))
                rows.push({ ...row, etag: "", timestamp: "" });
            return rows;
        };
        expect(await read("target")).to.deep.equal(await read("source"));
        const again = await world.up();
        expect(again.summary).to.include({ created: 0, updated: 0, same: 2_001 });
    });

    it("go in transactions: a hundred in one request", async () => {
        const world = await TablesWorld.create(cast, ["Many"]);
        const all = Array.from({ length: 400 }, (_, number) => ({
            partitionKey: String(number % 4),
            rowKey: String(number),
            Value: number,
        }));
        await world.seed("source", "Many", all);
        cast.azure.requests.clear();
        await world.up();
        const writes = cast.azure.requests.filter(
            ({ host, write }) => host === world.host("target") && write,
        );
        expect(writes.map(({ path }) => path)).to.deep.equal(Array(4).fill("/$batch"));
    });

    it("fail alone: who is written by somebody else meanwhile is a conflict, the rest of its transaction is there", async () => {
        const world = await TablesWorld.create(cast, ["Shared"]);
        const all = Array.from({ length: 10 }, (_, number) => ({
            partitionKey: "p",
            rowKey: String(number),
            Value: "ours",
        }));
        await world.seed("source", "Shared", all);
        await world
            .table("target", "Shared")
            .createEntity({ partitionKey: "p", rowKey: "4", Value: "theirs" });
        const { summary, failures } = await world.up();
        expect(summary).to.include({ created: 9, conflicts: 1 });
        expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([
            ["Shared/p/4", "Conflict"],
        ]);
        expect(await world.table("target", "Shared").getEntity("p", "4")).to.include({ Value: "theirs" });
    });

    it("are updated only where they changed, and what changed at the target is a conflict", async () => {
        const world = await TablesWorld.create(cast, ["Changing"]);
        const row = (number: number, value: string) => ({
            partitionKey: "p",
            rowKey: String(number),
            Value: value,
        });
        await world.seed(
            "source",
            "Changing",
            [0, 1, 2, 3].map((number) => row(number, "first")),
        );
        expect((await world.up()).summary).to.include({ created: 4 });
        await world.table("source", "Changing").updateEntity(row(1, "second"), "Replace");
        await world.table("source", "Changing").updateEntity(row(2, "second"), "Replace");
        await world.table("target", "Changing").updateEntity(row(2, "theirs"), "Replace");
        const { summary, failures } = await world.up();
        expect(summary).to.include({ updated: 1, same: 2, conflicts: 1 });
        expect(failures.map(({ item }) => item)).to.deep.equal(["Changing/p/2"]);
        expect(await world.table("target", "Changing").getEntity("p", "1")).to.include({ Value: "second" });
        expect(await world.table("target", "Changing").getEntity("p", "2")).to.include({ Value: "theirs" });
    });

    it("converge after ten kills at random", async () => {
        const world = await TablesWorld.create(cast, ["Killed"]);
        const all = Array.from({ length: 1_200 }, (_, number) => ({
            partitionKey: `part-${String(number % 24)}`,
            rowKey: String(number),
            Value: `value ${String(number)}`,
        }));
        await world.seed("source", "Killed", all);
        for (let kill = 0; kill < 10; kill += 1) {
            const controller = new AbortController();
            const host = world.host("target");
            // Cut after the service acted: its answer never arrives.
            const fault = cast.azure.faults.add({
                host: new RegExp(host),
                path: /batch/,
                skip: Math.floor(Math.random() * 3),
                times: 1,
                kind: { type: "cut", when: Math.random() < 0.5 ? "after" : "before" },
            });
            const watch = setInterval(() => {
                if (fault.hits > 0) controller.abort();
            }, 1);
            await world.up(controller.signal);
            clearInterval(watch);
            fault.remove();
        }
        const { summary, failures } = await world.up();
        expect(failures).to.deep.equal([]);
        expect(summary.conflicts).to.equal(0);
        expect(await world.rawEntities("target", "Killed")).to.deep.equal(
            await world.rawEntities("source", "Killed"),
        );
    });

    it("are refused in one clear sentence where the service does not take them, and the rest is written", async () => {
        const world = await TablesWorld.create(cast, ["Facts"]);
        const target = await world.open("target");
        const put = target.put.bind(target);
        const write = (rowKey: string, properties: object) => ({
            item: { name: `Facts/p/${rowKey}`, version: "", properties: {} },
            content: JSON.stringify({ PartitionKey: "p", RowKey: rowKey, ...properties }),
            options: { existing: undefined, owner: undefined },
        });
        const large = Object.fromEntries(
            Array.from({ length: 20 }, (_, at) => [`P${String(at)}`, "canary".repeat(5_000)]),
        );
        const many = Object.fromEntries(Array.from({ length: 253 }, (_, at) => [`P${String(at)}`, at]));
        const cases: [string, ReturnType<typeof write>][] = [
            ["1 MiB", write("large", large)],
            ["252 properties", write("many", many)],
            ["character", write("what?", {})],
            [
                "out of its type's range",
                write("old", { D: "1500-01-01T00:00:00Z", "D@odata.type": "Edm.DateTime" }),
            ],
            ["255 characters", write("long", { ["n".repeat(256)]: 1 })],
            ["1 KiB", write("k".repeat(513), {})],
        ];
        for (const [reason, { item, content, options }] of cases) {
            const error = await failureOf(put(item, content, options));
            expect(error, reason).to.include({ code: "InvalidItem" });
            expect(String(error)).to.include(reason).and.include("does not take").and.not.include("canary");
            expect((error as DataplaneError).detail.remedy).to.include("exclude");
        }
        const [, tooLarge] = cases[0] ?? [];
        if (tooLarge === undefined) throw new Error("there is a case");
        // In one transaction with another one, which the service then refuses as a whole.
        const batches = openBatches(entities, target, new AbortController().signal);
        if (batches === undefined) throw new Error("entities go together");
        const together = [write("good", {}), tooLarge].map(({ item, content, options }) =>
            batches.put(item, content, options),
        );
        batches.changed(2, true);
        const [good, refused] = await Promise.allSettled(together);
        expect(good?.status).to.equal("fulfilled");
        expect(String(refused?.status === "rejected" && refused.reason)).to.include("1 MiB");
        expect((await itemsOf(target.list())).map(({ name }) => name)).to.deep.equal(["Facts/p/good"]);
    });

    it("take a table of another case for the same, and are not written where there is no table", async () => {
        const world = await TablesWorld.create(cast, []);
        for (const name of ["Orders", "Lost"]) await world.service("source").createTable(name);
        await world.service("target").createTable("ORDERS");
        await world.seed("source", "Orders", [{ partitionKey: "p", rowKey: "r" }]);
        await world.seed("source", "Lost", [{ partitionKey: "p", rowKey: "r" }]);
        const { failures } = await world.up();
        expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([
            ["Lost/p/r", "InvalidItem"],
        ]);
        expect(failures[0]?.error.message).to.include("table of");
        expect(failures[0]?.error.detail.remedy).to.include("Tables");
        expect(await world.table("target", "orders").getEntity("p", "r")).to.include({ partitionKey: "p" });
        const again = await world.up();
        expect(again.summary).to.include({ created: 0, same: 1 });
    });
});
