import { expect } from "chai";
import fc from "fast-check";
import type { InventoryResource } from "../../../../providers/core/inventory/inventory.js";
import { pairResources, type PairingRule } from "../../../../providers/core/inventory/pairing.js";
import { isDataplaneError } from "../../../../providers/core/errors.js";

function resource(
    side: string,
    type: string,
    name: string,
    tags: Record<string, string> = {},
    group = "g",
): InventoryResource {
    const id = `/subscriptions/${side}/resourceGroups/${group}/providers/${type}/${name}`;
    return { id, name, type, resourceGroup: group, tags };
}

const vault = "Microsoft.KeyVault/vaults";
const account = "Microsoft.Storage/storageAccounts";

/** Few names, types and tags, so that they meet. */
function resources(side: string): fc.Arbitrary<InventoryResource[]> {
    return fc.uniqueArray(
        fc
            .record({
                type: fc.constantFrom(vault, account),
                name: fc.constantFrom("app", "App", "prod-app", "staging-app", "media", "x"),
                group: fc.constantFrom("g", "h"),
                tags: fc.dictionary(
                    fc.constantFrom("pair", "Pair", "other"),
                    fc.constantFrom("app", "1", "2", ""),
                ),
            })
            .map(({ type, name, group, tags }) => resource(side, type, name, tags, group)),
        { selector: ({ id }) => id.toLowerCase(), maxLength: 8 },
    );
}

const rules: fc.Arbitrary<PairingRule> = fc.record(
    { tag: fc.constant("pair"), rename: fc.constant({ prod: "staging" }) },
    { requiredKeys: [] },
);

describe("pairing resources", () => {
    it("gives each source one answer and each target to one source at most, of its own type", () => {
        fc.assert(
            fc.property(resources("source"), resources("target"), rules, (sources, targets, rule) => {
                const { pairs, unpaired } = pairResources(sources, targets, rule);
                const answered = [...pairs, ...unpaired].map(({ source }) => source.id).sort();
                expect(answered).to.deep.equal(sources.map(({ id }) => id).sort());
                expect(new Set(pairs.map(({ target }) => target.id)).size).to.equal(pairs.length);
                for (const { source, target } of pairs) expect(source.type).to.equal(target.type);
                for (const { reason } of unpaired) expect(reason).to.not.equal("");
            }),
        );
    });

    it("doesn't depend on the order of either side", () => {
        fc.assert(
            fc.property(resources("source"), resources("target"), rules, (sources, targets, rule) => {
                const found = (from: InventoryResource[], to: InventoryResource[]) =>
                    pairResources(from, to, rule)
                        .pairs.map(({ source, target, by }) => `${source.id} ${target.id} ${by}`)
                        .sort();
                const again = found([...sources].reverse(), [...targets].reverse());
                expect(found(sources, targets)).to.deep.equal(again);
            }),
        );
    });

    it("lets the mapping win, and gives a mapped target to nobody else", () => {
        fc.assert(
            fc.property(resources("source"), resources("target"), rules, (sources, targets, rule) => {
                const [source] = sources;
                const target = targets.find(({ type }) => type === source?.type);
                fc.pre(source !== undefined && target !== undefined);
                const mapping = { [source.id.toUpperCase()]: target.id };
                const { pairs } = pairResources(sources, targets, { ...rule, mapping });
                const mapped = pairs.filter((pair) => pair.target.id === target.id);
                expect(mapped.map((pair) => [pair.source.id, pair.by])).to.deep.equal([
                    [source.id, "mapping"],
                ]);
            }),
        );
    });

    it("finds by name, by renamed name and by tag", () => {
        const sources = [
            resource("s", vault, "Prod-App"),
            resource("s", account, "media"),
            resource("s", vault, "key"),
        ];
        const targets = [
            resource("t", vault, "Staging-app"),
            resource("t", account, "MEDIA"),
            resource("t", vault, "key-8f3a", { "Copy-Of": "key" }),
        ];
        const { pairs } = pairResources(sources, targets, { tag: "copy-of", rename: { Prod: "staging" } });
        expect(pairs.map(({ target, by }) => `${target.name} ${by}`)).to.deep.equal([
            "Staging-app name",
            "MEDIA name",
            "key-8f3a tag",
        ]);
    });

    it("pairs nothing that is not clear, and says why", () => {
        const two = [resource("t", vault, "app", {}, "a"), resource("t", vault, "app", {}, "b")];
        const [several] = pairResources([resource("s", vault, "app")], two).unpaired;
        expect(several?.reason).to.match(/several.*\/a\/.*\/b\//);
        const sources = [resource("s", vault, "a", { k: "1" }), resource("s", vault, "b", { k: "1" })];
        const both = pairResources(sources, [resource("t", vault, "c", { k: "1" })], { tag: "k" });
        expect(both.pairs).to.deep.equal([]);
        expect(both.unpaired.map(({ reason }) => reason).join()).to.match(/other sources/);
        expect(pairResources([resource("s", vault, "app")], []).unpaired[0]?.reason).to.contain(
            'called "app"',
        );
    });

    it("prefers the one in a resource group of the same name", () => {
        const targets = [resource("t", vault, "app", {}, "a"), resource("t", vault, "app", {}, "g")];
        expect(pairResources([resource("s", vault, "app")], targets).pairs[0]?.target.resourceGroup).to.equal(
            "g",
        );
    });

    it("refuses a mapping of what is not there, of another type, or onto itself", () => {
        const app = resource("s", vault, "app");
        const targets = [app, resource("t", account, "media")];
        for (const mapping of [{ none: "app" }, { app: "none" }, { app: "media" }, { app: app.id }]) {
            expect(() => pairResources([app], targets, { mapping }))
                .to.throw()
                .that.satisfies(isDataplaneError);
        }
    });

    it("never pairs a resource with itself", () => {
        const app = resource("s", vault, "app");
        expect(pairResources([app], [app]).pairs).to.deep.equal([]);
    });
});
