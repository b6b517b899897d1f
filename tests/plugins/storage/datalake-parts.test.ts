import { expect } from "chai";
import fc from "fast-check";
import { accessOf, parseAcl, translate } from "../../../providers/storage/datalake/access-control.js";
import { filesByName, type ReadLevel } from "../../../providers/storage/datalake/tree-listing.js";
import type { ListedBlob } from "../../../providers/storage/list-parser.js";
import { compareNames } from "../../../providers/storage/names.js";

describe("the walk through a tree", () => {
    /** Around the slash in the order of characters, and beyond what one code unit holds. */
    const part = fc.stringMatching(/^[-.0Aa~]{1,3}$/).filter((text) => text !== "." && text !== "..");
    const parts = fc.array(fc.oneof(part, fc.constantFrom("\u{1f511}", "\uffee", "grüße")), {
        minLength: 1,
        maxLength: 4,
    });

    /** Files of which none is where another one has a directory. */
    const files = fc
        .uniqueArray(
            parts.map((all) => all.join("/")),
            { maxLength: 40 },
        )
        .map((names) => names.filter((name) => !names.some((other) => other.startsWith(`${name}/`))));

    /** A service that lists each folder by names of its entries, in pages, and empty ones among them. */
    function service(names: readonly string[], pageSize: number) {
        const asked: string[] = [];
        const read: ReadLevel = (prefix, marker) => {
            asked.push(`${prefix} ${marker ?? ""}`);
            const inside = names
                .filter((name) => name.startsWith(prefix))
                .map((name) => name.slice(prefix.length));
            const directories = inside
                .filter((rest) => rest.includes("/"))
                .map((rest) => rest.split("/")[0] ?? "");
            const plain = inside.filter((rest) => !rest.includes("/"));
            const entries = [...new Set([...directories, ...plain])].sort(compareNames);
            const start = Number(marker ?? "0");
            const next = start + pageSize < entries.length ? { next: String(start + pageSize) } : {};
            const blobs = entries.slice(start, start + pageSize).map((entry) => {
                const isPrefix = !plain.includes(entry);
                return listed(`${prefix}${entry}${isPrefix ? "/" : ""}`, isPrefix);
            });
            return Promise.resolve({ blobs, next: undefined, ...next });
        };
        return { read, asked };
    }

    function listed(name: string, isPrefix: boolean): ListedBlob {
        return { name, isPrefix, snapshot: undefined, properties: {}, metadata: {}, tags: undefined };
    }

    async function walked(read: ReadLevel): Promise<string[]> {
        const names: string[] = [];
        for await (const { name } of filesByName(read)) names.push(name);
        return names;
    }

    it("gives every file once, by name, and asks for each page once", async () => {
        await fc.assert(
            fc.asyncProperty(files, fc.integer({ min: 1, max: 5 }), async (names, pageSize) => {
                const { read, asked } = service(names, pageSize);
                expect(await walked(read)).to.deep.equal([...names].sort(compareNames));
                expect(new Set(asked).size).to.equal(asked.length);
            }),
        );
    });

    it("gives what is in a folder after what only looks like it", async () => {
        const { read } = service(["A/x", "A-B", "A.txt", "A0", "A/-/y"], 2);
        expect(await walked(read)).to.deep.equal(["A-B", "A.txt", "A/-/y", "A/x", "A0"]);
    });

    it("fails where a page can't be read, after what came before it", async () => {
        const { read } = service(["a", "b/x", "c"], 5);
        const names: string[] = [];
        const broken: ReadLevel = (prefix, marker) =>
            prefix === "b/" ? Promise.reject(new Error("gone")) : read(prefix, marker);
        const failure = await (async () => {
            for await (const { name } of filesByName(broken)) names.push(name);
        })().catch((error: unknown) => error);
        expect(String(failure)).to.include("gone");
        expect(names).to.deep.equal(["a"]);
    });
});

describe("access control lists", () => {
    const id = fc.uuid();
    const rights = fc.stringMatching(/^[r-][w-][x-]$/);
    const named = fc.record({ type: fc.constantFrom("user", "group"), id, rights, isDefault: fc.boolean() });
    const own = fc.record({
        type: fc.constantFrom("user", "group", "mask", "other"),
        id: fc.constant(""),
        rights,
        isDefault: fc.boolean(),
    });
    /** No list is without these. */
    const always = (["user", "group", "other"] as const).map((type) => ({
        type,
        id: "",
        rights: "r--",
        isDefault: false,
    }));
    const entries = fc
        .uniqueArray(fc.oneof(named, own), {
            maxLength: 12,
            selector: ({ isDefault, type, id }) => `${String(isDefault)}:${type}:${id}`,
        })
        .map((all) => [
            ...always,
            ...all.filter(({ isDefault, type, id }) => isDefault || id !== "" || type === "mask"),
        ]);
    type Entry = ReturnType<typeof parseAcl>[number];
    const text = (all: readonly Entry[]): string =>
        all
            .map(({ isDefault, type, id, rights }) => `${isDefault ? "default:" : ""}${type}:${id}:${rights}`)
            .join();
    const aclOf = (acl: string): string => accessOf({ acl })?.acl ?? "";

    it("are one text whatever the order they are told in, and nothing of them is lost", () => {
        fc.assert(
            fc.property(entries, fc.gen(), (all, generate) => {
                const shuffled = generate(fc.shuffledSubarray, all, { minLength: all.length });
                const acl = aclOf(text(shuffled));
                expect(acl).to.equal(aclOf(text(all)));
                expect(parseAcl(acl)).to.have.deep.members(all);
                expect(aclOf(acl)).to.equal(acl);
            }),
        );
    });

    it("name the same principals in the same tenant, mapped ones elsewhere, and tell of each that is unknown", () => {
        fc.assert(
            fc.property(entries, fc.func(fc.boolean()), id, (all, isKnown, owner) => {
                const access = { acl: aclOf(text(all)), owner, group: "$superuser" };
                expect(translate(access, { map: {}, sameTenant: true })).to.deep.equal({
                    access,
                    unknown: [],
                });
                const ids = [...new Set([owner, ...all.map(({ id }) => id)].filter((one) => one !== ""))];
                const known = ids.filter((one) => isKnown(one));
                const map = Object.fromEntries(known.map((one) => [one, `new ${one}`]));
                const { access: there, unknown } = translate(access, { map, sameTenant: false });
                expect(unknown).to.have.members(ids.filter((one) => !known.includes(one)));
                expect(there.group).to.equal("$superuser");
                expect(there.owner).to.equal(map[owner]);
                expect(parseAcl(there.acl)).to.have.deep.members(
                    all
                        .filter(({ id }) => id === "" || known.includes(id))
                        .map((entry) => ({ ...entry, id: entry.id === "" ? "" : `new ${entry.id}` })),
                );
            }),
        );
    });

    it("are not told where the answer has none", () => {
        expect(accessOf({ owner: "a", group: "b" })).to.equal(undefined);
        expect(accessOf({ acl: "", owner: "a" })).to.equal(undefined);
    });
});
