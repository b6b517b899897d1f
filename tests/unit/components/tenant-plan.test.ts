import { expect } from "chai";
import { kindsWithReplica, wholeResource } from "../../../components/replica-types.js";
import { planTenant } from "../../../components/tenant-plan.js";
import type { Inventory, InventoryResource } from "../../../providers/core/inventory/inventory.js";
import { loadPlugins } from "../../../providers/core/registry.js";

function inventory(...resources: [type: string, name: string][]): Inventory {
    const all = resources.map(([type, name]): InventoryResource => ({
        id: `/subscriptions/s/resourceGroups/g/providers/${type}/${name}`,
        name,
        type,
        resourceGroup: "g",
        tags: {},
    }));
    return { scope: { subscriptionId: "s" }, resources: all };
}

const vault = "microsoft.keyvault/Vaults";
const account = "Microsoft.Storage/storageAccounts";
const source = inventory(
    [vault, "app"],
    [vault, "Other"],
    [account, "media"],
    ["Microsoft.Web/sites", "site"],
);
const target = inventory([vault, "app2"], [vault, "other2"], [account, "media2"]);
const pairing = { mapping: { app: "app2", Other: "other2", media: "media2" } };

describe("the plan of a tenant", () => {
    it("has one replica for each pair, under a name that other resources don't change", () => {
        const all = planTenant(source, target, { mode: "replication", pairing });
        expect(all.replicas.map(({ name, type }) => `${name} ${type}`)).to.deep.equal([
            "keyvault-app KeyVaultReplica",
            "keyvault-other KeyVaultReplica",
            "storage-media StorageReplica",
        ]);
        expect(all.unsupported).to.deep.equal({ "Microsoft.Web/sites": 1 });
        const one = planTenant(source, target, {
            mode: "replication",
            pairing: { mapping: { Other: "other2" } },
        });
        expect(one.replicas.map(({ name }) => name)).to.deep.equal(["keyvault-other"]);
        expect(one.unpaired.map(({ source: { name } }) => name)).to.deep.equal(["app", "media"]);
    });

    it("takes the resources that the patterns choose, in any case, and tells those that match nothing", () => {
        const { pairing: _pairing, ...wish } = { pairing, mode: "template" as const };
        const plan = planTenant(source, target, { ...wish, include: ["O*", "none"], exclude: ["media"] });
        expect(plan.unpaired.map(({ source: { name } }) => name)).to.deep.equal(["Other"]);
        expect(plan.unmatched).to.deep.equal(["none"]);
    });

    it("leaves out resources with nothing that is asked for, and refuses element types that nobody knows", () => {
        const plan = planTenant(source, target, { mode: "replication", pairing, contents: ["secrets"] });
        expect(plan.replicas.map(({ name }) => name)).to.deep.equal(["keyvault-app", "keyvault-other"]);
        expect(() => planTenant(source, target, { mode: "template", contents: ["secret"] })).to.throw(
            /"secret"/,
        );
    });
});

describe("the replica of a whole resource", () => {
    it("is there for every kind of plugin, and takes only element types that the plugin has", () => {
        const plugins = loadPlugins();
        expect(kindsWithReplica().sort()).to.deep.equal([...plugins.keys()].sort());
        for (const [kind, { elements }] of plugins) {
            for (const mode of ["template", "replication"] as const) {
                const whole = wholeResource(kind, { mode, contents: Object.keys(elements) });
                const fitting = Object.values(elements).filter(({ features }) =>
                    features.modes.includes(mode),
                );
                expect(whole?.elements, `${kind} ${mode}`).to.have.members(fitting.map(({ name }) => name));
            }
        }
    });

    it("takes what lies within something along with it", () => {
        const asked = wholeResource("storage", { mode: "replication", contents: ["files"] });
        expect(asked).to.deep.include({ settings: { shares: true } });
        expect(asked?.elements).to.deep.equal(["containers", "blobs", "shares", "files"]);
    });

    it("leaves out what needs more than reading roles at the source, unless it is named", () => {
        const vaults = wholeResource("keyvault", { mode: "template" });
        expect(vaults?.settings).to.deep.equal({ contents: ["secrets", "keys", "certificates", "issuers"] });
        expect(wholeResource("storage", { mode: "template" })?.settings).to.deep.equal({
            shares: true,
            tables: true,
            queues: true,
        });
    });
});
