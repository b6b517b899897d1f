import { expect } from "chai";
import type { Item, Side } from "../../../providers/core/contract.js";
import { collect, type Bench } from "../bench.js";
import { counts, failsWith, hasContents, replicates, succeeded, templates, type Check } from "../check.js";

/** Rules that hold whatever happens. */
export const safetyChecks: readonly Check[] = [
    {
        name: "the source receives no write, even from somebody who may",
        applies: replicates,
        run: async (bench) => {
            for (const role of bench.fixture.seedingRoles) bench.grant(bench.source, role);
            await bench.seed("source", bench.samples(3));
            bench.azure.requests.clear();
            succeeded(await bench.replicate({ prune: true, ...owner(bench) }));
            bench.tick();
            await bench.seed("target", [bench.fixture.changed(bench.fixture.sample(0), "properties")]);
            bench.azure.requests.clear();
            await bench.replicate({ onConflict: "overwrite", prune: true, ...owner(bench) });
            expect(bench.writes("source")).to.equal(0);
            expect(bench.writes("target")).to.be.above(0);
        },
    },
    {
        name: "the source receives no write while things go wrong",
        applies: replicates,
        run: async (bench) => {
            for (const role of bench.fixture.seedingRoles) bench.grant(bench.source, role);
            await bench.seed("source", bench.samples(3));
            for (const { hosts } of [bench.source, bench.target]) {
                bench.azure.requests.clear();
                const fault = bench.azure.faults.add({
                    host: new RegExp(hosts.join("|")),
                    skip: 2,
                    times: 3,
                    kind: { type: "status", status: 500 },
                });
                await bench.replicate({ prune: true });
                fault.remove();
                expect(bench.writes("source")).to.equal(0);
            }
        },
    },
    {
        name: "the guard lets no write leave through a store of the source",
        run: async (bench) => {
            for (const role of bench.fixture.seedingRoles) bench.grant(bench.source, role);
            await bench.seed("source", bench.samples(1));
            const store = await bench.open("source");
            const [item] = await collect(store.list());
            if (item === undefined) throw new Error("nothing was listed");
            const before = await bench.source.items.read(item.name);
            bench.azure.requests.clear();
            const content = bench.element.features.modes.includes("replication")
                ? await store.get(item)
                : null;
            const changed: Item = { ...item, properties: { ...item.properties, tags: {}, metadata: {} } };
            await failsWith("SourceWrite", () => store.put(changed, content, { existing: item }));
            await failsWith("SourceWrite", () => store.remove(item.name, { expected: item }));
            if (store.putEmpty !== undefined) {
                const other: Item = { ...item, name: bench.fixture.sample(1).name };
                await failsWith("SourceWrite", async () => store.putEmpty?.(other, {}));
            }
            if (store.putProperties !== undefined) {
                await failsWith("SourceWrite", async () =>
                    store.putProperties?.(changed, { existing: item }, store),
                );
            }
            if (store.mark !== undefined)
                await failsWith("SourceWrite", async () => store.mark?.(item, "somebody"));
            expect(bench.writes("source")).to.equal(0);
            expect(await bench.source.items.read(item.name)).to.deep.equal(before);
        },
    },
    {
        name: "what was not previewed is not written",
        applies: replicates,
        run: async (bench) => {
            const [first, second, late] = bench.samples(3);
            if (first === undefined || second === undefined || late === undefined)
                throw new Error("no samples");
            await bench.seed("source", [first, second]);
            const items = await bench.preview();
            await bench.seed("source", [late]);
            bench.tick();
            await bench.seed("source", [bench.fixture.changed(second, "properties")]);
            const result = await bench.replicate({ items });
            succeeded(result);
            expect((await bench.target.items.names()).sort()).to.deep.equal([first.name, second.name].sort());
            expect(await bench.differences([first, second]), "copied as it is now").to.deep.equal([]);
        },
    },
    ...(["source", "target"] as const).map((side): Check => ({
        name: `an incomplete listing of the ${side} prunes nothing and is an error`,
        applies: replicates,
        run: (bench) => incompleteListing(bench, side),
    })),
    {
        name: "template mode never touches what is there, and reads no content",
        applies: templates,
        run: async (bench) => {
            const [mine, theirs] = bench.samples(2);
            if (mine === undefined || theirs === undefined) throw new Error("no samples");
            await bench.seed("source", [mine, theirs]);
            await bench.seed("target", [bench.fixture.changed(theirs, "properties")]);
            const before = await bench.target.items.read(theirs.name);
            bench.azure.requests.clear();
            const change = { mode: "template", onConflict: "overwrite", prune: true } as const;
            const result = await bench.replicate(change);
            succeeded(result);
            expect(counts(result)).to.deep.equal({ created: 1, same: 1 });
            expect(bench.contentReads()).to.deep.equal([]);
            expect(await bench.target.items.read(theirs.name)).to.deep.equal(before);
            bench.tick();
            await bench.seed("source", [bench.fixture.changed(mine, "properties")]);
            bench.azure.requests.clear();
            succeeded(await bench.replicate(change));
            expect(bench.writes("target"), "writes in the second run").to.equal(0);
        },
    },
    {
        name: "template mode does with the roles that it says, and less than replication",
        applies: templates,
        run: async (bench) => {
            await bench.seed("source", bench.samples(2));
            for (const place of [bench.source, bench.target]) {
                bench.revoke(place);
                for (const { actions, dataActions } of bench.permissions(place.side, "template")) {
                    bench.grantActions(place, actions, dataActions);
                }
            }
            succeeded(await bench.replicate({ mode: "template" }));
            expect(await bench.target.items.names()).to.have.lengthOf(2);
        },
    },
    {
        name: "no content ever leaves: not in records, outcomes, progress, errors or output",
        applies: hasContents,
        run: async (bench) => {
            const samples = bench.samples(6);
            await bench.seed("source", samples);
            await bench.seed("target", [bench.fixture.changed(bench.fixture.sample(5), "content")]);
            const items = await bench.preview();
            const told: unknown[] = [];
            const onProgress = (event: unknown): unknown => told.push(event);
            const output = await captureOutput(async () => {
                for (const kind of faultsOfAllSorts) {
                    const faults = [bench.source, bench.target].map(({ hosts }) =>
                        bench.azure.faults.add({
                            host: new RegExp(hosts.join("|")),
                            skip: 3,
                            times: 12,
                            kind,
                        }),
                    );
                    told.push(await bench.replicate({ items, onProgress }));
                    for (const fault of faults) fault.remove();
                }
                bench.revoke(bench.target);
                told.push(await bench.replicate({ items, onProgress }));
            });
            const { inspect } = await import("node:util");
            const text = output + inspect(told, { depth: Infinity, maxStringLength: null, showHidden: true });
            for (const { content, name } of samples) {
                for (const encoding of ["utf8", "base64", "hex"] as const) {
                    expect(
                        text.includes(content?.toString(encoding) ?? name),
                        `${name} as ${encoding}`,
                    ).to.equal(false);
                }
            }
        },
    },
];

const faultsOfAllSorts = [
    { type: "status", status: 500 },
    { type: "cut", when: "after" },
    { type: "truncate", bytes: 5 },
    { type: "status", status: 400, code: "BadParameter" },
] as const;

function owner({ element }: Bench): { owner?: string } {
    return element.features.marker ? { owner: "replica" } : {};
}

async function incompleteListing(bench: Bench, side: Side): Promise<void> {
    const { fixture, azure } = bench;
    const samples = bench.samples(fixture.severalPages);
    await bench.seed("source", samples);
    succeeded(await bench.replicate());
    const items = await bench.preview();
    await bench.source.items.remove(samples[0]?.name ?? "");
    const fault = azure.faults.add({
        host: new RegExp(bench.place(side).hosts.join("|")),
        path: /(skiptoken|marker|NextPartitionKey|NextTableName)=/i,
        kind: { type: "status", status: 500 },
    });
    const result = await bench.replicate({ items, prune: true });
    expect(fault.hits, "faults that struck").to.be.above(0);
    fault.remove();
    expect(result.summary.pruned).to.equal(0);
    expect(result.failures.map(({ error }) => error.code)).to.include("Unreachable");
    expect(result.failures.map(({ error }) => error.detail.side)).to.include(side);
    expect(await bench.target.items.names()).to.have.lengthOf(samples.length);
    const healed = await bench.replicate({ items, prune: true });
    succeeded(healed);
    expect(healed.summary.pruned).to.equal(1);
}

/** What is written to either output while something runs. */
async function captureOutput(work: () => Promise<void>): Promise<string> {
    const written: string[] = [];
    const restore = [process.stdout, process.stderr].map((stream) => {
        const write = stream.write.bind(stream);
        stream.write = (chunk: string | Uint8Array) => {
            written.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
            return true;
        };
        return () => {
            stream.write = write;
        };
    });
    try {
        await work();
    } finally {
        for (const undo of restore) undo();
    }
    return written.join("");
}
