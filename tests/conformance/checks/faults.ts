import { expect } from "chai";
import type { Fault } from "../../../emulator/contract.js";
import type { Bench } from "../bench.js";
import { counts, replicates, succeeded, type Check } from "../check.js";
import { quickTiming } from "../quick-timing.js";

const count = 4;

/** Things go wrong, and a run or the next one ends as if nothing had. */
export const faultChecks: readonly Check[] = [
    {
        name: "a write whose answer is lost is not doubled",
        applies: replicates,
        run: async (bench) => {
            const samples = bench.samples(count);
            await bench.seed("source", samples);
            for (const method of ["PUT", "POST"]) {
                bench.azure.faults.add({
                    ...atTarget(bench),
                    method,
                    times: count,
                    kind: { type: "cut", when: "after" },
                });
            }
            const result = await bench.replicate();
            bench.azure.faults.clear();
            succeeded(result);
            expect(await bench.differences(samples)).to.deep.equal([]);
            await nothingDoubled(bench);
            await converged(bench);
        },
    },
    {
        name: "a run that dies after each of its writes is taken up by the next, without conflicts",
        applies: replicates,
        run: async (bench) => {
            const samples = bench.samples(count);
            await bench.seed("source", samples);
            const items = await bench.preview();
            for (let round = 0; round < count + 2; round += 1) {
                const before = bench.copied;
                const controller = new AbortController();
                const died = abortAfterWrite(bench, controller);
                const result = await bench.replicate({ items, signal: controller.signal });
                died();
                const conflicts = result.failures.filter(({ error }) => error.code === "Conflict");
                expect(conflicts.map(({ error }) => error.message)).to.deep.equal([]);
                // A killed process writes nothing down.
                bench.copied = before;
                bench.recover();
            }
            const result = await bench.replicate({ items });
            succeeded(result);
            expect(await bench.differences(samples)).to.deep.equal([]);
            await nothingDoubled(bench);
            await converged(bench);
        },
    },
    ...(
        [
            ["throttling with Retry-After", { type: "status", status: 429, retryAfterSeconds: 7 }],
            ["throttling without it", { type: "status", status: 429 }],
            ["a busy service", { type: "status", status: 503, retryAfterSeconds: 1 }],
            ["an internal error", { type: "status", status: 500 }],
            ["connections cut before the request", { type: "cut", when: "before" }],
            ["connections cut after it", { type: "cut", when: "after" }],
            ["truncated answers", { type: "truncate", bytes: 10 }],
        ] as const satisfies readonly (readonly [string, Fault["kind"]])[]
    ).flatMap(([title, kind]) =>
        (["source", "target"] as const).map((side): Check => ({
            name: `${title} at the ${side}: the run converges`,
            applies: replicates,
            run: async (bench) => {
                const samples = bench.samples(count);
                await bench.seed("source", samples);
                const items = await bench.preview();
                const host = new RegExp(bench.place(side).hosts.join("|"));
                const skip = bench.fixture.readsOnce === true && side === "source" ? 0 : 1;
                const fault = bench.azure.faults.add({ host, skip, times: 5, kind });
                const timing = quickTiming();
                const first = await bench.replicate({ items, timing });
                expect(fault.hits, "faults that struck").to.be.above(0);
                fault.remove();
                if (kind.type === "status" && "retryAfterSeconds" in kind) {
                    succeeded(first);
                    expect(timing.slept(), "waited").to.be.at.least(kind.retryAfterSeconds * 1000);
                }
                bench.recover();
                succeeded(await bench.replicate({ items }));
                expect(await bench.differences(samples)).to.deep.equal([]);
                expect((await bench.target.items.names()).sort()).to.deep.equal(
                    samples.map(({ name }) => name).sort(),
                );
                await converged(bench);
            },
        })),
    ),
    {
        name: "one item that fails does not stop the others, and the next run makes up for it",
        applies: replicates,
        run: async (bench) => {
            const samples = bench.samples(count);
            await bench.seed("source", samples);
            const [bad] = samples;
            const leaf = encodeURIComponent(bad?.name.split("/").at(-1) ?? "");
            const fault = bench.azure.faults.add({
                ...atTarget(bench),
                method: bench.fixture.writeMethod ?? "PUT",
                path: new RegExp(leaf, "i"),
                kind: { type: "status", status: 400, code: "BadParameter" },
            });
            const result = await bench.replicate();
            fault.remove();
            expect(counts(result)).to.deep.equal({ created: count - 1, failed: 1 });
            expect(result.failures.map(({ item }) => item)).to.deep.equal([bad?.name]);
            const next = await bench.replicate();
            succeeded(next);
            expect(counts(next)).to.deep.equal({ created: 1, same: count - 1 });
            expect(await bench.differences(samples)).to.deep.equal([]);
        },
    },
    {
        name: "a signal stops a run, and what was done is written down",
        applies: replicates,
        run: async (bench) => {
            const samples = bench.samples(12);
            await bench.seed("source", samples);
            const controller = new AbortController();
            const done = abortAfterWrite(bench, controller);
            const result = await bench.replicate({ signal: controller.signal });
            done();
            expect(result.failures.map(({ error }) => error.code)).to.include("Cancelled");
            const there = await bench.target.items.names();
            expect(there.length).to.be.below(samples.length);
            for (const name of Object.keys(result.copied)) expect(there).to.include(name);
            bench.recover();
            const next = await bench.replicate();
            succeeded(next);
            expect(await bench.differences(samples)).to.deep.equal([]);
        },
    },
];

function atTarget(bench: Bench): { host: RegExp } {
    return { host: new RegExp(bench.target.hosts.join("|")) };
}

/** Aborts when the first write has been applied and before its answer arrives. Answers with what ends the watch. */
function abortAfterWrite(bench: Bench, controller: AbortController): () => void {
    const fault = bench.azure.faults.add({
        ...atTarget(bench),
        method: bench.fixture.writeMethod ?? "PUT",
        times: 1,
        kind: { type: "cut", when: "after" },
    });
    const watch = setInterval(() => {
        if (fault.hits > 0) controller.abort();
    }, 1);
    return () => {
        clearInterval(watch);
        fault.remove();
    };
}

/** Each name once, and one version of each where the service keeps them. */
async function nothingDoubled(bench: Bench): Promise<void> {
    const names = await bench.target.items.names();
    expect(names).to.have.lengthOf(count);
    for (const name of names) {
        const versions = await bench.target.items.versions?.(name);
        expect(versions ?? 1, `versions of ${name}`).to.equal(1);
    }
}

async function converged(bench: Bench): Promise<void> {
    bench.azure.requests.clear();
    const result = await bench.replicate();
    succeeded(result);
    expect(counts(result)).to.deep.equal({ same: count });
    expect(bench.writes("target"), "writes when all is done").to.equal(0);
}
