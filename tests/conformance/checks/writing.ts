import { expect } from "chai";
import type { Item, Store } from "../../../providers/core/contract.js";
import { collect, type Bench } from "../bench.js";
import { failsWith, hasContents, replicates, templates, type Check } from "../check.js";
import type { Sample } from "../fixture.js";

export const writingChecks: readonly Check[] = [
    {
        name: "what is put is what was there: content and properties, at all edges",
        applies: replicates,
        run: async (bench) => {
            const samples = [...bench.samples(1), ...bench.fixture.edgeCases().map(({ sample }) => sample)];
            await bench.seed("source", samples);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            for (const item of await collect(source.list())) {
                const put = await target.put(item, await source.get(item), {});
                expect(put.name).to.equal(item.name);
                expect((await target.find(item.name))?.version, item.name).to.equal(put.version);
                expect(put.properties, item.name).to.deep.equal(item.properties);
            }
            expect(await bench.differences(samples)).to.deep.equal([]);
        },
    },
    {
        name: "a put that expects nothing there overwrites nothing",
        applies: replicates,
        run: (bench) => keepsWhatIs(bench, (store, item, content) => store.put(item, content, {})),
    },
    {
        name: "a put is refused when the target changed since",
        applies: replicates,
        run: async (bench) => {
            const [stale] = await stalely(bench);
            await keepsWhatIs(bench, (store, item, content) => store.put(item, content, { existing: stale }));
        },
    },
    {
        name: "a put is refused when the target is gone since",
        applies: replicates,
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            await bench.seed("source", [sample]);
            await bench.seed("target", [sample]);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            const item = await mustFind(source, sample.name);
            const existing = await mustFind(target, sample.name);
            await bench.target.items.remove(sample.name);
            const content = await source.get(item);
            await failsWith("Conflict", () => target.put(item, content, { existing }));
            expect(await bench.target.items.read(sample.name)).to.equal(undefined);
        },
    },
    {
        name: "putting the same again leaves the same",
        applies: replicates,
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            await bench.seed("source", [sample]);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            const item = await mustFind(source, sample.name);
            const first = await target.put(item, await source.get(item), {});
            await target.put(item, await source.get(item), { existing: first });
            expect(await bench.differences([sample])).to.deep.equal([]);
            expect(await bench.target.items.names()).to.deep.equal([sample.name]);
        },
    },
    {
        name: "properties are brought without the content",
        applies: (entry, fixture) => hasContents(entry, fixture),
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            await bench.seed("target", [sample]);
            await bench.seed("source", [bench.fixture.changed(sample, "properties")]);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            if (target.putProperties === undefined) return;
            const existing = await mustFind(target, sample.name);
            const versions = await bench.target.items.versions?.(sample.name);
            bench.azure.requests.clear();
            bench.tick();
            await target.putProperties(await mustFind(source, sample.name), { existing }, source);
            expect(bench.contentReads()).to.deep.equal([]);
            expect(await bench.differences([sample])).to.deep.equal([]);
            expect(await bench.target.items.versions?.(sample.name), "no new version").to.equal(versions);
            bench.tick();
            await bench.seed("source", [{ ...sample, properties: bench.fixture.sample(1).properties }]);
            const item = await mustFind(source, sample.name);
            await failsWith("Conflict", async () => target.putProperties?.(item, { existing }, source));
        },
    },
    {
        name: "the service keeps versions where the table says so",
        applies: ({ element }) => element.features.keepsVersions,
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            await bench.seed("source", [sample]);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            const item = await mustFind(source, sample.name);
            const existing = await target.put(item, await source.get(item), {});
            bench.tick();
            await bench.seed("source", [bench.fixture.changed(sample, "content")]);
            const changed = await mustFind(source, sample.name);
            await target.put(changed, await source.get(changed), { existing });
            expect(await bench.target.items.versions?.(sample.name)).to.equal(2);
        },
    },
    {
        name: "removing is for the item as it was expected, and removing what is not there succeeds",
        run: async (bench) => {
            const [stale, now] = await stalely(bench);
            const store = await bench.open("target");
            await failsWith("Conflict", () => store.remove(stale.name, { expected: stale }));
            expect(await bench.target.items.names()).to.deep.equal([stale.name]);
            await store.remove(now.name, { expected: now });
            expect(await bench.target.items.names()).to.deep.equal([]);
            await store.remove(now.name, { expected: now });
            await store.remove(bench.fixture.sample(5).name, {});
            if (!bench.element.features.softDelete) return;
            expect(await bench.target.items.isRecoverable?.(now.name), "recoverable").to.equal(true);
        },
    },
    {
        name: "a removed item can be put again",
        applies: replicates,
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            await bench.seed("source", [sample]);
            await bench.seed("target", [bench.fixture.changed(sample, "properties")]);
            await bench.target.items.remove(sample.name);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            const item = await mustFind(source, sample.name);
            await target.put(item, await source.get(item), {});
            expect(await bench.differences([sample])).to.deep.equal([]);
        },
    },
    {
        name: "a template is a name with properties and without content, and says that it is one",
        applies: (entry, fixture) => templates(entry) && hasContents(entry, fixture),
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            await bench.seed("source", [sample]);
            const source = await bench.open("source", { mode: "template" });
            const target = await bench.open("target", { mode: "template" });
            const item = await mustFind(source, sample.name);
            bench.azure.requests.clear();
            const put = await target.putEmpty?.(item, {});
            expect(put?.placeholder).to.equal(true);
            expect((await mustFind(target, sample.name)).placeholder).to.equal(true);
            expect(await bench.target.items.read(sample.name)).to.include({ placeholder: true });
            expect((await bench.target.items.read(sample.name))?.content).to.equal(undefined);
            await failsWith("Conflict", async () => target.putEmpty?.(item, {}));
        },
    },
    {
        name: "a marker tells the owner and is no part of the item",
        applies: ({ element }) => element.features.marker,
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            await bench.seed("source", [sample]);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            const item = await mustFind(source, sample.name);
            const put = await target.put(item, await source.get(item), { owner: "replica-one" });
            expect(put.owner).to.equal("replica-one");
            const found = await mustFind(target, sample.name);
            expect(found.owner).to.equal("replica-one");
            expect(found.properties).to.deep.equal(item.properties);
            expect((await bench.target.items.read(sample.name))?.owner).to.equal("replica-one");
            bench.tick();
            const marked = await target.mark?.(found, "replica-two");
            expect(marked?.owner).to.equal("replica-two");
            expect((await mustFind(target, sample.name)).version).to.equal(marked?.version);
            expect(await bench.differences([sample])).to.deep.equal([]);
            await failsWith("Conflict", async () => target.mark?.(found, "replica-three"));
        },
    },
    {
        name: "the service moves the data itself",
        applies: ({ element }, fixture) => element.features.serverSideCopy && fixture.apart === undefined,
        run: async (bench) => {
            const samples = [...bench.samples(1), ...bench.fixture.edgeCases().map(({ sample }) => sample)];
            await bench.seed("source", samples);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            const items = await collect(source.list());
            bench.azure.requests.clear();
            for (const item of items) {
                const copied = await target.copyFrom?.(source, item, item, {});
                expect((await target.find(item.name))?.version, item.name).to.equal(copied?.version);
            }
            const fromHere = bench.contentReads();
            expect(fromHere, "contents read by this process").to.deep.equal([]);
            expect(await bench.differences(samples)).to.deep.equal([]);
            const [item] = items;
            const sample = samples.find(({ name }) => name === item?.name);
            if (item === undefined || sample === undefined) throw new Error("nothing was listed");
            await bench.seed("target", [bench.fixture.changed(sample, "properties")]);
            await failsWith("Conflict", async () => target.copyFrom?.(source, item, item, {}));
        },
    },
    {
        name: "values are compared by what they are",
        applies: (entry, fixture) => entry.element.features.comparesValues && hasContents(entry, fixture),
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            const other = { ...bench.fixture.changed(sample, "content"), name: bench.fixture.sample(1).name };
            await bench.seed("source", [sample, other]);
            await bench.seed("target", [sample]);
            const [source, target] = [await bench.open("source"), await bench.open("target")];
            const here = await target.get(await mustFind(target, sample.name));
            const there = await source.get(await mustFind(source, sample.name));
            const different = await source.get(await mustFind(source, other.name));
            expect(target.equal?.(there, here)).to.equal(true);
            expect(target.equal?.(different, here)).to.equal(false);
        },
    },
    {
        name: "a content that the user gives can be put",
        applies: (entry, fixture) => entry.element.features.overrides && hasContents(entry, fixture),
        run: async (bench) => {
            const sample = bench.fixture.sample(0);
            const anyText = { value: "given by the user", content: Buffer.from("given by the user") };
            const { value, content } = (await bench.fixture.given?.()) ?? anyText;
            await bench.seed("source", [sample]);
            const target = await bench.open("target");
            const item = await mustFind(await bench.open("source"), sample.name);
            await target.put(item, bench.element.override?.(value), {});
            const read = await bench.target.items.read(sample.name);
            expect(Buffer.from(read?.content ?? "", "base64").toString()).to.equal(content.toString());
        },
    },
];

async function mustFind(store: Store, name: string): Promise<Item> {
    const item = await store.find(name);
    if (item === undefined) throw new Error(`${name} is not found`);
    return item;
}

/** An item of the target as it was before a change, and as it is now. */
async function stalely(bench: Bench): Promise<[Item, Item]> {
    const sample: Sample = bench.fixture.sample(0);
    await bench.seed("target", [sample]);
    const store = await bench.open("target");
    const stale = await mustFind(store, sample.name);
    bench.tick();
    await bench.seed("target", [bench.fixture.changed(sample, "properties")]);
    return [stale, await mustFind(store, sample.name)];
}

/** Runs a write that must be refused, and sees that the target's item stays as it is. */
async function keepsWhatIs(
    bench: Bench,
    write: (store: Store, item: Item, content: unknown) => Promise<unknown>,
): Promise<void> {
    const sample = bench.fixture.sample(0);
    await bench.seed("source", [sample]);
    await bench.seed("target", [bench.fixture.changed(sample, "properties")]);
    const before = await bench.target.items.read(sample.name);
    const [source, target] = [await bench.open("source"), await bench.open("target")];
    const item = await mustFind(source, sample.name);
    const content = await source.get(item);
    await failsWith("Conflict", () => write(target, item, content));
    expect(await bench.target.items.read(sample.name)).to.deep.equal(before);
}
