import { expect } from "chai";
import fc from "fast-check";
import {
    alignVersions,
    copiedVersions,
    type Alignment,
} from "../../../providers/keyvault/secrets/alignment.js";
import type { SecretVersion } from "../../../providers/keyvault/secrets/content.js";
import { toVersion } from "../../../providers/keyvault/secrets/history-item.js";
import { writeHistory } from "../../../providers/keyvault/secrets/history-writer.js";
import { holdsValueOf } from "../../../providers/keyvault/secrets/pairing.js";
import type { SecretProperties } from "../../../providers/keyvault/sdk.js";

/** A vault with one secret, whose clock counts seconds and whose process dies after so many writes. */
class Vault {
    readonly listed: SecretProperties[] = [];
    readonly values = new Map<string, string>();
    #time: number;
    #left = Infinity;

    constructor(
        readonly prefix: string,
        time: number,
    ) {
        this.#time = time;
    }

    add(value: string, change: Partial<SecretProperties> = {}, seconds = 1): SecretProperties {
        this.#time += seconds;
        const at = new Date(this.#time * 1000);
        const version = `${this.prefix}${String(this.listed.length)}`;
        const added = {
            name: "secret",
            vaultUrl: "",
            version,
            enabled: true,
            createdOn: at,
            updatedOn: at,
            tags: {},
            ...change,
        };
        this.listed.push(added);
        this.values.set(version, value);
        return added;
    }

    /** As a reader sees it: the oldest first, those of one second by their ids, the current one last. */
    history(): SecretVersion[] {
        const older = this.listed
            .slice(0, -1)
            .sort((a, b) => order(a) - order(b) || (a.version ?? "").localeCompare(b.version ?? ""));
        return [...older, ...this.listed.slice(-1)].map((version) =>
            toVersion(
                version,
                version.enabled === false ? undefined : this.values.get(version.version ?? ""),
            ),
        );
    }

    /** Runs once, and dies after so many writes. Answers whether it came to its end. */
    async take(source: Vault, writes: number, seconds: readonly number[]): Promise<boolean> {
        this.#left = writes;
        const [theirs, ours] = [source.history(), this.history()];
        const alignment = alignVersions(theirs, ours);
        checkOrder(theirs, ours, alignment);
        let step = 0;
        const spend = (): void => {
            this.#left -= 1;
            if (this.#left < 0) throw new Error("killed");
        };
        const writer: Parameters<typeof writeHistory>[0] = {
            set: ({ value, properties, ownTags, previous }) => {
                spend();
                expect(previous).to.equal(this.listed.at(-1)?.version);
                const { contentType } = properties;
                const tags = { ...properties.tags, ...ownTags };
                const added = this.add(
                    value,
                    { tags, ...(contentType === undefined ? {} : { contentType }) },
                    seconds[step++ % seconds.length],
                );
                return Promise.resolve({ properties: added, recovered: false });
            },
            updateVersion: (version, { enabled, contentType, tags }, ownTags) => {
                spend();
                const changed = {
                    ...version,
                    enabled,
                    tags: { ...tags, ...ownTags },
                    ...(contentType === undefined ? {} : { contentType }),
                };
                this.listed.splice(
                    this.listed.findIndex(({ version: id }) => id === version.version),
                    1,
                    changed,
                );
                return Promise.resolve(changed);
            },
        };
        const target = { name: "secret", listed: [...this.listed], ownTags: {}, isGiven: false };
        try {
            await writeHistory(writer, target, alignment);
            return true;
        } catch (error) {
            if (error instanceof Error && error.message === "killed") return false;
            throw error;
        }
    }
}

function order({ createdOn }: SecretProperties): number {
    return createdOn?.getTime() ?? 0;
}

/** Nothing that is set is older than what it is put over. */
function checkOrder(
    source: readonly SecretVersion[],
    target: readonly SecretVersion[],
    { append, position }: Alignment,
): void {
    const current = source.at(-1);
    const top = copiedVersions(target).at(-1);
    const places = append.map((version) => source.indexOf(version));
    expect([...places].sort((a, b) => a - b)).to.deep.equal(places);
    expect(new Set(places).size).to.equal(places.length);
    if (append.length > 0) expect(append.at(-1)).to.equal(current);
    if (top === undefined || current === undefined) return;
    if (holdsValueOf(top, current) && top.mark !== "older") expect(append).to.deep.equal([]);
    if (position === "foreign") expect(append).to.deep.equal([current]);
    const held = source.flatMap((version, index) => (holdsValueOf(top, version) ? [index] : []));
    const [first] = places;
    if (held.length > 0 && first !== undefined && append[0] !== current) {
        const next = source[first]?.created ?? 0;
        expect(held.some((index) => (source[index]?.created ?? 0) <= next)).to.equal(true);
    }
}

function plain(versions: readonly SecretVersion[]): unknown[] {
    return versions.map(({ value, properties }) => ({ value, ...properties }));
}

const version = fc.record({
    value: fc.constantFrom("a", "b", "c", "d"),
    enabled: fc.boolean(),
    contentType: fc.constantFrom(undefined, "text"),
    seconds: fc.constantFrom(0, 0, 1, 3),
});
type Made = typeof version extends fc.Arbitrary<infer T> ? T : never;

const made = fc.array(version, { minLength: 1, maxLength: 8 });
const kills = fc.array(fc.nat({ max: 3 }), { maxLength: 12 });
const clock = fc.array(fc.constantFrom(0, 0, 1), { minLength: 1, maxLength: 5 });

function fill(vault: Vault, versions: readonly Made[], change: Partial<SecretProperties> = {}): void {
    for (const [index, { value, enabled, contentType, seconds }] of versions.entries()) {
        const isLast = index === versions.length - 1;
        vault.add(
            value,
            { enabled: enabled || isLast, ...(contentType === undefined ? {} : { contentType }), ...change },
            seconds,
        );
    }
}

function sourceOf(versions: readonly Made[]): Vault {
    const source = new Vault("s", 1000);
    fill(source, versions);
    return source;
}

/** Killed as told, then once to its end. */
async function runs(
    source: Vault,
    target: Vault,
    dies: readonly number[],
    seconds: readonly number[],
    isOurs = false,
): Promise<void> {
    for (const writes of dies) {
        const ended = await target.take(source, writes, seconds);
        if (!isOurs || ended) continue;
        const { position, continues } = alignVersions(source.history(), target.history());
        expect(position === "empty" || continues, "what a killed write left counts as ours").to.equal(true);
    }
    expect(await target.take(source, Infinity, seconds)).to.equal(true);
    const { append, updates, position } = alignVersions(source.history(), target.history());
    expect({ append, updates, position }).to.deep.equal({ append: [], updates: [], position: "current" });
    expect(target.history().at(-1)?.value).to.equal(source.history().at(-1)?.value);
}

function readable(source: Vault): SecretVersion[] {
    return source.history().filter(({ value }) => value !== undefined);
}

describe("the history of a secret", () => {
    it("comes whole to an empty target, wherever it is killed, with no version twice", async () => {
        await fc.assert(
            fc.asyncProperty(made, kills, clock, async (versions, dies, seconds) => {
                const source = sourceOf(versions);
                const target = new Vault("t", 5000);
                await runs(source, target, dies, seconds, true);
                const written = target.listed.map((listed) =>
                    toVersion(listed, target.values.get(listed.version ?? "")),
                );
                const wanted = readable(source);
                expect(written).to.have.lengthOf(wanted.length);
                expect(written.at(-1)?.value).to.equal(wanted.at(-1)?.value);
                expect(multiset(plain(written))).to.deep.equal(multiset(plain(wanted)));
            }),
            { numRuns: 400 },
        );
    });

    it("keeps its order where the source's is known", async () => {
        await fc.assert(
            fc.asyncProperty(made, kills, clock, async (versions, dies, seconds) => {
                const source = sourceOf(versions.map((each) => ({ ...each, seconds: 1 })));
                const target = new Vault("t", 5000);
                await runs(source, target, dies, seconds, true);
                const written = target.listed.map((listed) =>
                    toVersion(listed, target.values.get(listed.version ?? "")),
                );
                expect(plain(written)).to.deep.equal(plain(readable(source)));
            }),
            { numRuns: 200 },
        );
    });

    it("goes on where the source has new versions, and follows what was disabled", async () => {
        await fc.assert(
            fc.asyncProperty(
                made,
                made,
                fc.array(fc.nat(), { maxLength: 3 }),
                kills,
                clock,
                async (first, more, off, dies, seconds) => {
                    const source = sourceOf(first);
                    const target = new Vault("t", 5000);
                    await runs(source, target, [], seconds);
                    for (const each of more) source.add(each.value, {}, 1);
                    for (const index of off) {
                        const at = index % source.listed.length;
                        const listed = source.listed[at];
                        if (listed !== undefined && at < source.listed.length - 1)
                            source.listed[at] = { ...listed, enabled: false };
                    }
                    // What was disabled can't be told from what others set any more, where its value occurs again.
                    await runs(source, target, dies, seconds, off.length === 0);
                    expect(target.listed.length).to.be.at.most(source.listed.length);
                    const again = target.listed.length;
                    await runs(source, target, [0, 0], seconds);
                    expect(target.listed).to.have.lengthOf(again);
                },
            ),
            { numRuns: 400 },
        );
    });

    it("is put over a foreign one once, with its current version alone, or after what they share", async () => {
        await fc.assert(
            fc.asyncProperty(made, made, kills, clock, async (versions, foreign, dies, seconds) => {
                const source = sourceOf(versions);
                const target = new Vault("t", 5000);
                fill(target, foreign);
                const before = target.listed.map(({ version: id }) => id);
                await runs(source, target, dies, seconds);
                expect(target.listed.slice(0, before.length).map(({ version: id }) => id)).to.deep.equal(
                    before,
                );
                expect(target.listed.length - before.length).to.be.at.most(readable(source).length);
            }),
            { numRuns: 400 },
        );
    });

    it("comes whole over a placeholder, whatever is below it", async () => {
        await fc.assert(
            fc.asyncProperty(made, made, kills, clock, async (versions, foreign, dies, seconds) => {
                const source = sourceOf(versions);
                const target = new Vault("t", 5000);
                fill(target, foreign);
                target.add("placeholder", {
                    enabled: false,
                    tags: { "azure-dataplane-placeholder": "true" },
                });
                const before = target.listed.length;
                // Those of one second can't be told from the placeholder's.
                await runs(source, target, dies, [1, ...seconds.map(() => 1)]);
                expect(target.listed.length - before).to.equal(readable(source).length);
            }),
            { numRuns: 200 },
        );
    });

    it("is not gone on with where somebody set something else on top, or an older value again", () => {
        const source = new Vault("s", 1000);
        for (const value of ["a", "b", "c"]) source.add(value);
        const target = new Vault("t", 5000);
        for (const value of ["a", "b"]) target.add(value);
        expect(alignVersions(source.history(), target.history())).to.include({
            position: "beginning",
            continues: true,
        });
        target.add("mine");
        expect(alignVersions(source.history(), target.history())).to.include({
            position: "foreign",
            continues: false,
        });
        target.add("a");
        const back = alignVersions(source.history(), target.history());
        expect(back).to.include({ position: "behind", continues: false });
        expect(back.append.map(({ value }) => value)).to.deep.equal(["c"]);
    });

    it("is known by the ids of a restored backup, whatever can't be read", () => {
        const source = new Vault("s", 1000);
        source.add("a", { enabled: false });
        source.add("b", { enabled: false });
        const target = new Vault("s", 1000);
        target.add("a", { enabled: false });
        target.add("b", { enabled: false });
        expect(alignVersions(source.history(), target.history())).to.deep.include({
            position: "current",
            append: [],
            updates: [],
        });
        source.add("c");
        expect(
            alignVersions(source.history(), target.history()).append.map(({ value }) => value),
        ).to.deep.equal(["c"]);
    });
});

function multiset(values: unknown[]): string[] {
    return values.map((value) => JSON.stringify(value)).sort();
}
