import { expect } from "chai";
import * as fc from "fast-check";
import { reportLines } from "../../../bench/report.js";
import type { Case, Client, Figures } from "../../../bench/storage/case.js";
import { choose } from "../../../bench/storage/index.js";
import { medians, ratioOf, rotated, runCase } from "../../../bench/storage/run-case.js";

/** A client that answers with these walls, one after another, and notes its turns. */
function client(name: string, walls: readonly number[], turns: string[] = [], once?: boolean): Client {
    const left = [...walls];
    return {
        name,
        run() {
            turns.push(name);
            const wall = left.shift();
            return wall === undefined ? Promise.reject(new Error(`${name} broke\nat length`)) : figures(wall);
        },
        ...(once === undefined ? {} : { once }),
    };
}

function figures(wall: number): Promise<Figures> {
    return Promise.resolve({ wall, memory: 10 });
}

function caseOf(...clients: Client[]): Case {
    return { name: "some", prepare: () => Promise.resolve(clients) };
}

describe("the storage benchmark", () => {
    it("gives medians, the values that they were made of, and the ratio of ours over the peer's", async () => {
        const measured = await runCase(caseOf(client("ours", [4, 2, 9]), client("rclone", [8, 7, 9])), {
            rounds: 3,
        });
        expect(measured).to.deep.equal({
            name: "some",
            ratio: { rclone: { wall: 0.5, memory: 1 } },
            ours: { wall: 4, memory: 10, values: { wall: [4, 2, 9], memory: [10, 10, 10] } },
            peers: { rclone: { wall: 8, memory: 10, values: { wall: [8, 7, 9], memory: [10, 10, 10] } } },
            rounds: 3,
        });
    });

    it("lets each client be first in turn", async () => {
        const turns: string[] = [];
        await runCase(caseOf(...["ours", "b", "c"].map((name) => client(name, [1, 1, 1], turns))), {
            rounds: 3,
        });
        expect(turns.join(" ")).to.equal("ours b c b c ours c ours b");
    });

    it("every client has a turn in every round", () => {
        fc.assert(
            fc.property(fc.uniqueArray(fc.string()), fc.nat(), (all, round) => {
                expect(rotated(all, round)).to.have.members(all);
            }),
        );
    });

    it("tells which peer failed, and goes on with the others", async () => {
        const clients = [client("ours", [1, 1]), client("azcopy", [1]), client("rclone", [2, 2])];
        const told: string[] = [];
        const tell = (line: string): unknown => told.push(line);
        const measured = await runCase(caseOf(...clients), { rounds: 2, tell });
        expect(told).to.deep.equal(["some: azcopy failed: Error: azcopy broke\nat length"]);
        expect(measured["failed"]).to.deep.equal({ azcopy: "azcopy broke" });
        expect(measured["ratio"]).to.deep.equal({ rclone: { wall: 0.5, memory: 1 } });
    });

    it("a peer that can't be set up takes no part", async () => {
        const turns: string[] = [];
        const prepare = (): never => {
            throw new Error("no Go");
        };
        const absent = { ...client("rclone", [1], turns), prepare };
        const measured = await runCase(caseOf(client("ours", [1]), absent), { rounds: 1 });
        expect(measured["failed"]).to.deep.equal({ rclone: "no Go" });
        expect(turns).to.be.empty;
    });

    it("a failure of our own client is the case's", async () => {
        const running = runCase(caseOf(client("ours", []), client("rclone", [1])), { rounds: 1 });
        expect(await running.then(String, String)).to.match(/ours broke/);
    });

    it("measures a client once where that is enough", async () => {
        const turns: string[] = [];
        const clients = [client("ours", [1, 1], turns), client("rclone", [2], turns, true)];
        const measured = await runCase(caseOf(...clients), { rounds: 2 });
        expect(turns.filter((name) => name === "rclone")).to.have.length(1);
        expect(measured["ratio"]).to.deep.equal({ rclone: { wall: 0.5, memory: 1 } });
    });

    it("leaves out what some rounds or one of the clients lack", () => {
        expect(medians([{ wall: 1, cpu: 2 }, { wall: 3 }, { wall: 2, cpu: 1 }])).to.deep.equal({ wall: 2 });
        expect(ratioOf({ wall: 1, running: 0.5 }, { wall: 2, cpu: 1 })).to.deep.equal({
            wall: 0.5,
            running: 0.25,
        });
    });

    it("runs cases that take long only where they are asked for", () => {
        const all = [caseOf(), { ...caseOf(), name: "memory-1", group: "memory" }];
        const names = (only: string[]) => choose(all, only).map(({ name }) => name);
        expect(names([])).to.deep.equal(["some"]);
        expect(names(["memory"])).to.deep.equal(["memory-1"]);
        expect(names(["memory-1"])).to.deep.equal(["memory-1"]);
        expect(() => choose(all, ["smal"])).to.throw("Unknown: smal. Cases: some, memory-1, memory");
    });

    it("prints failures and ratios first, and no raw values", () => {
        const line = reportLines([
            {
                name: "small",
                rounds: 2,
                ours: { wall: 1, values: { wall: [1, 1] } },
                ratio: { rclone: { wall: 0.5 } },
                failed: { azcopy: "no npm" },
            },
        ]);
        expect(line).to.deep.equal([
            "small  failed azcopy no npm  ratio rclone wall 0.50  rounds 2  ours wall 1",
        ]);
    });
});
