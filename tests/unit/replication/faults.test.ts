import { expect } from "chai";
import { DataplaneError, type ErrorCode } from "../../../providers/core/errors.js";
import { AccessWait } from "../../../providers/core/replication/access-wait.js";
import type { ProgressEvent } from "../../../providers/core/replication/types.js";
import { FakeReplica } from "./fake-run.js";
import type { FakeOptions, Fault, Operation } from "./fake-store.js";

function seeded(options: FakeOptions = {}, names = ["a", "b", "c"]): FakeReplica {
    const replica = new FakeReplica(options);
    for (const name of names) replica.source.change(name, `content of ${name}`);
    return replica;
}

/** Fails the first `times` calls of an operation on an item. */
function failing(operation: Operation, name: string, times: number, error: () => Error): Fault {
    let left = times;
    return (call) => {
        if (call.operation !== operation || call.name !== name || left === 0) return;
        left -= 1;
        throw error();
    };
}

const failure =
    (code: ErrorCode, detail = {}): (() => Error) =>
    () =>
        new DataplaneError(code, `${code} on purpose`, detail);

const cut = (): Error => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

describe("replicate under faults", () => {
    for (const [what, error] of [
        ["throttling", failure("Throttled")],
        ["an unreachable service", failure("Unreachable")],
        ["a corrupt transfer", failure("Corrupt")],
        ["a 5xx", failure("Unexpected", { status: 503 })],
        ["a cut connection", cut],
        [
            "a cut connection inside another error",
            () => new DataplaneError("Unexpected", "failed", { cause: cut() }),
        ],
    ] as const) {
        it(`tries an item four times on ${what}, then goes on with the others`, async () => {
            const replica = seeded();
            replica.source.before = failing("get", "a", 3, error);
            replica.target.before = failing("put", "b", Infinity, error);
            const { summary, failures } = await replica.up();
            expect(summary).to.include({ created: 2, failed: 1 });
            expect(failures.map(({ item }) => item)).to.deep.equal(["b"]);
            expect(replica.target.writes.filter(({ name }) => name === "b")).to.have.length(4);
            expect(replica.target.contents()).to.have.keys("a", "c");
            expect(Object.keys(replica.copied)).to.deep.equal(["a", "c"]);
        });
    }

    it("waits longer each time", async () => {
        const replica = seeded({}, ["a"]);
        replica.source.before = failing("get", "a", 3, cut);
        await replica.up();
        expect(replica.clock.slept).to.have.length(3);
        for (const [index, least] of [500, 1_000, 2_000].entries()) {
            expect(replica.clock.slept[index]).to.be.within(least, 2 * least);
        }
    });

    it("does not try again what can't succeed", async () => {
        for (const code of ["InvalidItem", "Firewall", "NotFound", "SourceWrite"] as const) {
            const replica = seeded();
            replica.target.before = failing("put", "a", Infinity, failure(code));
            const { failures } = await replica.up();
            expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([["a", code]]);
            expect(replica.target.writes.filter(({ name }) => name === "a")).to.have.length(1);
        }
    });

    for (const [proof, options] of [
        ["a digest", { digest: true }],
        ["values", { comparesValues: true }],
        ["nothing but its looks", {}],
    ] as const) {
        it(`finds a write whose answer was lost by ${proof}`, async () => {
            const replica = seeded(options);
            await replica.up();
            replica.source.change("a", "new a");
            replica.source.change("d", "new d");
            let lost = 0;
            replica.target.after = ({ operation, name }) => {
                if (operation !== "put" || !["a", "d"].includes(name) || lost > 1) return;
                lost += 1;
                throw cut();
            };
            const { summary, failures } = await replica.up();
            expect(failures).to.deep.equal([]);
            expect(summary).to.include({ created: 1, updated: 1, same: 2, fidelity: 1 });
            expect(replica.target.contents()).to.deep.equal(replica.source.contents());
            expect(replica.copied["d"]).to.include({ origin: "created" });
            expect((await replica.up()).summary).to.include({ same: 4 });
        });
    }

    it("writes again what arrived with another content, also where the source changed meanwhile", async () => {
        const replica = seeded({ digest: true, serverSideCopy: false }, ["a", "b"]);
        let spoiled = false;
        replica.target.after = ({ operation, name }, store) => {
            const entry = store.entries.get(name);
            if (operation !== "put" || name !== "a" || spoiled || entry === undefined) return;
            spoiled = true;
            entry.content = "content of ?";
        };
        replica.source.before = ({ operation, name }, store) => {
            if (operation !== "get" || name !== "b") return;
            store.before = () => undefined;
            store.change("b", "changed meanwhile");
        };
        const put = replica.target.put.bind(replica.target);
        replica.target.put = async (item, content, options) => {
            const answer = await put(item, content, options);
            const entry = replica.target.entries.get(item.name);
            return entry === undefined ? answer : replica.target.item(entry);
        };
        const { summary, failures } = await replica.up();
        expect(failures).to.deep.equal([]);
        expect(summary).to.include({ created: 2 });
        expect(replica.target.contents()).to.deep.equal({ a: "content of a", b: "changed meanwhile" });
        expect((await replica.up()).summary).to.include({ same: 2 });
    });

    it("keeps the old record of what failed, and copies it next time", async () => {
        const replica = seeded();
        await replica.up();
        const record = replica.copied["a"];
        replica.source.change("a", "new");
        replica.source.before = failing("get", "a", Infinity, failure("AccessDenied"));
        const { failures } = await replica.up();
        expect(failures.map(({ error }) => error.detail.side)).to.deep.equal(["source"]);
        expect(replica.copied["a"]).to.deep.equal(record);
        replica.source.before = () => undefined;
        expect((await replica.up()).summary).to.include({ updated: 1, same: 2 });
    });

    it("knows a copy that it found spoiled for its own, when it has given up and when it was cancelled", async () => {
        for (const cancels of [false, true]) {
            const replica = seeded({ digest: true }, ["a"]);
            const controller = new AbortController();
            const put = replica.target.put.bind(replica.target);
            replica.target.put = async (item, _, options) => {
                await put(item, "spoiled", options);
                if (cancels) controller.abort();
                const entry = replica.target.entries.get(item.name);
                return replica.target.item(entry ?? expect.fail("nothing was put"));
            };
            const { failures } = await replica.up({ signal: controller.signal });
            expect(failures.map(({ error }) => error.code)).to.deep.equal([
                cancels ? "Cancelled" : "Corrupt",
            ]);
            replica.target.put = put;
            expect((await replica.up()).summary).to.include({ updated: 1, conflicts: 0 });
            expect(replica.target.contents()).to.deep.equal(replica.source.contents());
        }
    });

    it("tells no content, not even in an error that is not its own", async () => {
        const replica = seeded();
        replica.source.before = failing(
            "get",
            "a",
            Infinity,
            () => new SyntaxError('"hunter2" is not valid JSON'),
        );
        const { failures } = await replica.up();
        expect(failures).to.have.length(1);
        expect(failures[0]?.error.message).to.equal('"a" failed: SyntaxError');
        expect(JSON.stringify(failures) + String(failures[0]?.error.stack)).to.not.contain("hunter2");
        expect(failures[0]?.error.cause).to.equal(undefined);
    });

    describe("a role that does not act yet", () => {
        const denied = failure("AccessDenied", { side: "target" });

        for (const operation of ["list", "put"] as const) {
            it(`is waited for (${operation})`, async () => {
                const replica = seeded();
                const from = replica.clock.now();
                replica.target.before = (call) => {
                    if (call.operation === operation && replica.clock.now() - from < 60_000) throw denied();
                };
                const waits: ProgressEvent[] = [];
                const { summary, failures } = await replica.up({
                    onProgress: (event) => {
                        if (event.kind === "waiting") waits.push(event);
                    },
                });
                expect(failures).to.deep.equal([]);
                expect(summary).to.include({ created: 3 });
                expect(waits[0]?.message).to.equal("waiting for role Thing Officer to act (0 s)");
                expect(replica.clock.slept.slice(0, 3)).to.deep.equal([2_000, 3_000, 4_500]);
                expect(Math.max(...replica.clock.slept)).to.be.at.most(15_000);
                // Each of three items asks once per round, not more.
                const rounds = waits.length + 1;
                if (operation === "put") expect(replica.target.writes.length).to.be.at.most(3 * rounds);
            });
        }

        it("fails when the time is up, from the first denial for all together, and names the role", async () => {
            const replica = seeded({ concurrency: 1 });
            replica.target.before = ({ operation }) => {
                if (operation === "put") throw denied();
            };
            const { failures } = await replica.up({ accessTimeoutMilliseconds: 20_000 });
            expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([
                ["a", "AccessDenied"],
                ["b", "AccessDenied"],
                ["c", "AccessDenied"],
            ]);
            expect(failures[0]?.error.detail.remedy).to.match(/Assign the role Thing Officer/);
            expect(replica.clock.slept.reduce((sum, each) => sum + each, 0)).to.equal(20_000);
        });

        it("is not waited for at the source, nor is a firewall at the target", async () => {
            for (const [side, code] of [
                ["source", "AccessDenied"],
                ["target", "Firewall"],
            ] as const) {
                const replica = seeded();
                replica[side].before = ({ operation }) => {
                    if (operation === "list") throw failure(code)();
                };
                const { failures } = await replica.up();
                expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([["", code]]);
                expect(replica.clock.slept).to.deep.equal([]);
                expect(replica.target.writes).to.deep.equal([]);
            }
        });

        it("makes all callers wait for the same moment", async () => {
            let wake: () => void = () => expect.fail("nobody sleeps");
            let [sleeps, calls, denies] = [0, 0, true];
            const access = new AccessWait({
                timeoutMilliseconds: 60_000,
                timing: {
                    now: () => 0,
                    sleep: () => {
                        sleeps += 1;
                        return new Promise((resolve) => (wake = resolve));
                    },
                },
                signal: new AbortController().signal,
                role: "Thing Officer",
                onWaiting: () => undefined,
            });
            const call = (): Promise<string> => {
                calls += 1;
                return denies ? Promise.reject(denied()) : Promise.resolve("done");
            };
            const running = Promise.all([access.run(call), access.run(call), access.run(call)]);
            await new Promise((resolve) => setImmediate(resolve));
            expect([sleeps, calls]).to.deep.equal([1, 3]);
            const late = access.run(call);
            await new Promise((resolve) => setImmediate(resolve));
            expect([sleeps, calls], "who comes later waits as well").to.deep.equal([1, 3]);
            denies = false;
            wake();
            expect([...(await running), await late]).to.deep.equal(["done", "done", "done", "done"]);
            expect([sleeps, calls]).to.deep.equal([1, 7]);
        });

        it("covers a target whose name does not resolve yet", async () => {
            const replica = seeded();
            const from = replica.clock.now();
            replica.target.before = ({ operation }) => {
                if (operation === "list" && replica.clock.now() - from < 10_000)
                    throw failure("Unreachable")();
            };
            expect((await replica.up()).summary).to.include({ created: 3 });
        });
    });

    describe("a server-side copy", () => {
        it("is taken where the service can, and streamed once it refuses", async () => {
            const replica = seeded({ serverSideCopy: true });
            await replica.up();
            expect(replica.last?.summary.paths).to.deep.equal({ "server-side": 3 });
            expect(replica.source.count("get")).to.equal(0);

            const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
            const refusing = seeded({ serverSideCopy: true, concurrency: 1 }, names);
            const refusal = failure("AccessDenied", { side: "source", serviceCode: "ServerSideCopyRefused" });
            refusing.target.before = ({ operation }) => {
                if (operation === "copyFrom") throw refusal();
            };
            await refusing.up();
            expect(refusing.last?.summary).to.deep.include({ created: 8, failed: 0, paths: { streamed: 8 } });
            expect(refusing.target.count("copyFrom")).to.equal(1);
        });

        it("is not used for what the user gives", async () => {
            const replica = seeded({ serverSideCopy: true });
            await replica.up({ overrides: { a: "given" } });
            expect(replica.target.contents()["a"]).to.equal("given");
            expect(replica.last?.summary.paths).to.deep.equal({ "server-side": 2, streamed: 1 });
        });
    });

    describe("the closing listing", () => {
        it("is left out where nothing was written", async () => {
            const replica = seeded();
            await replica.up();
            expect(replica.target.count("list")).to.equal(2);
            await replica.up();
            expect(replica.target.count("list")).to.equal(3);
            expect(replica.target.count("find") + replica.source.count("find")).to.equal(0);
        });

        it("must show every write", async () => {
            const replica = seeded();
            replica.target.before = ({ operation }, store) => {
                if (operation !== "list" || store.count("list") !== 2) return;
                store.drop("a");
                store.change("b", "of somebody else");
            };
            const { summary, failures } = await replica.up();
            expect(summary).to.include({ created: 1, failed: 2 });
            expect(summary.fidelity).to.be.closeTo(1 / 3, 1e-9);
            expect(failures.map(({ error }) => `${error.code}: ${error.message}`).sort()).to.deep.equal([
                'Corrupt: "a" was written, but the closing listing does not show it',
                'Corrupt: "b" was written, but the closing listing shows version target-4',
            ]);
        });

        it("may lag behind: what it does not show is asked for", async () => {
            const replica = seeded();
            const list = replica.target.list.bind(replica.target);
            replica.target.list = async function* (options) {
                for await (const item of list(options)) if (item.name !== "a") yield item;
            };
            const { summary } = await replica.up();
            expect(summary).to.include({ created: 3, failed: 0 });
            expect(replica.target.count("find")).to.equal(1);
        });

        it("may fail without a loss of records", async () => {
            const replica = seeded();
            replica.target.before = ({ operation }, store) => {
                if (operation === "list" && store.count("list") === 2) throw failure("Throttled")();
            };
            const { failures } = await replica.up();
            expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([["", "Throttled"]]);
            expect(Object.keys(replica.copied)).to.deep.equal(["a", "b", "c"]);
        });
    });

    for (const order of ["key", "none"] as const) {
        it(`stops when cancelled and answers with what was done (order: ${order})`, async () => {
            const names = Array.from({ length: 20 }, (_, index) => `item-${String(index).padStart(2, "0")}`);
            const replica = seeded({ order, concurrency: 2 }, names);
            const controller = new AbortController();
            replica.target.after = (_, store) => {
                if (store.entries.size === 5) controller.abort();
            };
            const { copied, failures } = await replica.up({ signal: controller.signal });
            expect(failures).to.have.length(1);
            expect(failures[0]).to.deep.include({ item: "" });
            expect(failures[0]?.error.code).to.equal("Cancelled");
            expect(failures[0]?.error.message).to.match(/^cancelled after \d+ of 20 items$/);
            expect(Object.keys(replica.target.contents()).length).to.be.within(5, 7);
            expect(Object.keys(copied)).to.deep.equal(Object.keys(replica.target.contents()));
            expect((await replica.up()).summary).to.include({
                created: 20 - Object.keys(copied).length,
                failed: 0,
            });
        });
    }
});

describe("a write that is refused after another one was answered", () => {
    it("leaves that one on record", async () => {
        const replica = new FakeReplica();
        const { source, target } = replica;
        source.change("a", "short");
        let puts = 0;
        source.before = ({ operation }) => {
            // Between the listing and the reading: what arrives is not what was listed.
            if (operation === "get" && puts === 0) source.change("a", "longer than that");
        };
        target.before = ({ operation }) => {
            if (operation !== "put") return;
            puts += 1;
            if (puts === 2) throw new DataplaneError("InvalidItem", "refused on purpose");
        };
        expect((await replica.up()).summary).to.include({ failed: 1 });
        source.change("a", "and changed again since");
        expect((await replica.up()).summary).to.include({ updated: 1, conflicts: 0 });
        expect(target.contents()).to.deep.equal(source.contents());
    });
});
