import { expect } from "chai";
import { isGranted } from "../../../providers/core/permissions/match.js";
import { identity } from "../../../providers/core/references.js";
import type { Check } from "../check.js";

export const descriptorChecks: readonly Check[] = [
    {
        name: "the table is sane",
        run: ({ entry, element, fixture }) => {
            expect(entry.key).to.equal(`${entry.plugin.kind}/${element.name}`);
            expect(element.features.modes).to.not.be.empty;
            for (const rate of element.limits.rates) expect(rate.source).to.match(/^https:\/\//);
            const rates = element.limits.rates.map(({ name }) => name);
            for (const mode of element.features.modes) {
                expect(rates).to.include.members(Object.keys(element.limits.requestsPerItem(mode)));
            }
            expect(element.options.safeParse({}).success, "no options").to.equal(true);
            expect(element.options.safeParse({ unheardOf: true }).success, "unknown options").to.equal(false);
            expect(element.invalidName(""), "an empty name").to.be.a("string");
            for (const { sample } of fixture.edgeCases())
                expect(element.invalidName(sample.name)).to.equal(undefined);
            return Promise.resolve();
        },
    },
    {
        name: "names are compared as they are keyed",
        run: ({ element, fixture }) => {
            const plain = Array.from({ length: 30 }, (_, index) => fixture.sample(index).name);
            const names = [
                ...plain,
                ...plain.map((name) => name.toUpperCase()),
                ...fixture.edgeCases().map(({ sample }) => sample.name),
            ];
            for (const a of names) {
                expect(element.key(element.key(a)), "key of a key").to.equal(element.key(a));
                for (const b of names) {
                    expect(element.compare(a, b) === 0, `${a} and ${b}`).to.equal(
                        element.key(a) === element.key(b),
                    );
                    expect(Math.sign(element.compare(a, b))).to.equal(0 - Math.sign(element.compare(b, a)));
                }
            }
            return Promise.resolve();
        },
    },
    {
        name: "permissions name real roles that grant them",
        run: (bench) => {
            const { element, azure } = bench;
            for (const mode of element.features.modes) {
                for (const side of ["source", "target"] as const) {
                    const permissions = bench.permissions(side, mode);
                    expect(permissions, `${mode} ${side}`).to.not.be.empty;
                    for (const { role, actions, dataActions, purpose } of permissions) {
                        const definition = azure.roles.definition(role.id);
                        expect(definition?.name).to.equal(role.name);
                        expect([...actions, ...dataActions]).to.not.be.empty;
                        expect(purpose).to.match(/^[a-z]/);
                        const sets = (definition?.permissions ?? []).map((set) => ({
                            actions: [...set.actions],
                            notActions: [...set.notActions],
                            dataActions: [...set.dataActions],
                            notDataActions: [...set.notDataActions],
                        }));
                        for (const action of actions)
                            expect(isGranted(sets, action, "action"), action).to.equal(true);
                        for (const action of dataActions) {
                            expect(isGranted(sets, action, "dataAction"), action).to.equal(true);
                        }
                    }
                }
            }
            return Promise.resolve();
        },
    },
    {
        name: "nothing that changes anything counts as a read of the source",
        run: ({ element, source }) => {
            for (const host of source.hosts) {
                for (const method of ["PUT", "PATCH", "DELETE", "MERGE"]) {
                    expect(element.sourceReads(method, new URL(`https://${host}/x`)), method).to.equal(false);
                }
            }
            return Promise.resolve();
        },
    },
    {
        name: "features are what the store can do",
        run: async (bench) => {
            const { element } = bench;
            const { features } = element;
            const store = await bench.open("target");
            expect(store.putEmpty !== undefined, "putEmpty").to.equal(features.modes.includes("template"));
            expect(store.copyFrom !== undefined, "copyFrom").to.equal(features.serverSideCopy);
            expect(store.equal !== undefined, "equal").to.equal(features.comparesValues);
            expect(store.mark !== undefined, "mark").to.equal(features.marker);
            expect(store.putMany !== undefined, "putMany").to.equal(element.batches !== undefined);
            expect(element.override !== undefined, "override").to.equal(features.overrides);
        },
    },
    {
        name: "two spellings of one resource are one identity",
        run: ({ entry, source, target }) => {
            const { plugin } = entry;
            const byId = identity(target.id, plugin);
            expect(
                identity(`${target.id.toUpperCase()}/`.replace("/SUBSCRIPTIONS", "/subscriptions"), plugin),
            ).to.equal(byId);
            expect(identity(` ${target.id.toLowerCase()} `, plugin)).to.equal(byId);
            for (const url of Object.values(target.endpoints)) {
                if (plugin.fromUrl(new URL(url)) === undefined) continue;
                expect(identity(url, plugin)).to.equal(byId);
                expect(
                    identity(url.toUpperCase().replace("HTTPS", "https").replace(/\/$/, ""), plugin),
                ).to.equal(byId);
            }
            expect(identity(source.id, plugin)).to.not.equal(byId);
            return Promise.resolve();
        },
    },
];
