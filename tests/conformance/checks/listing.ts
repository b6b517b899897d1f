import { expect } from "chai";
import { collect, type Bench } from "../bench.js";
import { hasContents, type Check } from "../check.js";

export const listingChecks: readonly Check[] = [
    {
        name: "an empty resource lists nothing",
        run: async (bench) => {
            expect(await collect((await bench.open("source")).list())).to.deep.equal([]);
        },
    },
    {
        name: "a listing of several pages has each item once, in the claimed order",
        run: async (bench) => {
            const samples = bench.samples(bench.fixture.severalPages);
            await bench.seed("source", samples);
            bench.azure.requests.clear();
            const listed = (await collect((await bench.open("source")).list())).map(({ name }) => name);
            expect(pages(bench), "pages").to.be.at.least(3);
            expect([...listed].sort()).to.deep.equal(samples.map(({ name }) => name).sort());
            if (bench.element.features.order !== "key") return;
            expect(listed).to.deep.equal([...listed].sort((a, b) => bench.element.compare(a, b)));
        },
    },
    {
        name: "a listing reads a page only when it is wanted",
        run: async (bench) => {
            await bench.seed("source", bench.samples(bench.fixture.severalPages));
            const store = await bench.open("source");
            bench.azure.requests.clear();
            for await (const _ of store.list()) break;
            expect(pages(bench)).to.equal(1);
        },
    },
    {
        name: "a listing shows no content",
        applies: hasContents,
        run: async (bench) => {
            const samples = bench.samples(3);
            await bench.seed("source", samples);
            bench.azure.requests.clear();
            const text = JSON.stringify(await collect((await bench.open("source")).list()));
            for (const { content } of samples) {
                expect(text).to.not.include(content?.toString());
                expect(text).to.not.include(content?.toString("base64"));
            }
            expect(bench.contentReads()).to.deep.equal([]);
        },
    },
    {
        name: "only groups that were asked for are listed",
        applies: ({ element }) => element.features.detail === "groups",
        run: async (bench) => {
            await bench.seed("source", bench.samples(6));
            const store = await bench.open("source");
            const all = await collect(store.list());
            const groups = [...new Set(all.map(({ group }) => group ?? ""))];
            expect(groups.length).to.be.at.least(2);
            const [first = ""] = groups;
            const some = await collect(store.list({ groups: [first] }));
            expect(some).to.deep.equal(all.filter(({ group }) => group === first));
        },
    },
    {
        name: "an item is found as it is listed",
        run: async (bench) => {
            await bench.seed("target", bench.samples(3));
            const store = await bench.open("target");
            for (const listed of await collect(store.list())) {
                expect(await store.find(listed.name)).to.deep.equal(listed);
            }
        },
    },
    {
        name: "a version changes when the item does, and not otherwise",
        run: async (bench) => {
            const [sample] = bench.samples(1);
            if (sample === undefined) throw new Error("no sample");
            await bench.seed("source", [sample]);
            const seen = [await versionOf(bench)];
            expect(await versionOf(bench), "unchanged").to.equal(seen[0]);
            bench.tick();
            expect(await versionOf(bench), "later").to.equal(seen[0]);
            for (const what of ["properties", "content"] as const) {
                if (what === "content" && sample.content === undefined) continue;
                bench.tick();
                await bench.seed("source", [bench.fixture.changed(sample, what)]);
                const version = await versionOf(bench);
                expect(seen, `another ${what}`).to.not.include(version);
                seen.push(version);
            }
            expect(JSON.stringify(seen)).to.not.include("canary");
        },
    },
    {
        name: "equal items have equal properties on both sides",
        run: async (bench) => {
            const samples = [...bench.samples(2), ...bench.fixture.edgeCases().map(({ sample }) => sample)];
            await Promise.all([bench.seed("source", samples), bench.seed("target", samples)]);
            const there = await collect((await bench.open("source")).list());
            const here = await collect((await bench.open("target")).list());
            const properties = new Map(here.map((item) => [item.name, item]));
            for (const item of there) {
                expect(properties.get(item.name)?.properties, item.name).to.deep.equal(item.properties);
                expect(properties.get(item.name)?.bytes, item.name).to.equal(item.bytes);
                if (!bench.element.features.digest) continue;
                expect(item.digest, `digest of ${item.name}`).to.be.a("string");
                expect(properties.get(item.name)?.digest, item.name).to.equal(item.digest);
            }
        },
    },
];

function pages(bench: Bench): number {
    const { hosts } = bench.source;
    return bench.azure.requests
        .filter((request) => hosts.includes(request.host) && bench.fixture.lists(request))
        .filter(({ status }) => status === 200).length;
}

async function versionOf(bench: Bench): Promise<string> {
    const [item] = await collect((await bench.open("source")).list());
    return item?.version ?? "";
}
