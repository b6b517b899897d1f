import { expect } from "chai";
import fc from "fast-check";
import type { Limits } from "../../../providers/core/contract.js";
import { estimate, total, type EstimateRequest } from "../../../providers/core/estimate/estimate.js";
import { listPrices, pricesFor, pricesKey, type Prices } from "../../../providers/core/estimate/prices.js";
import { transferPrice } from "../../../providers/core/estimate/routes.js";
import { thresholdsFrom, warnAboveKey, warningsAbove } from "../../../providers/core/estimate/thresholds.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import { loadPlugins } from "../../../providers/core/registry.js";
import { fakeElement } from "../replication/fake-store.js";

const gibibyte = 1024 ** 3;
const settings = (key: string, value?: unknown) => ({
    get: (name: string) => (name !== key || value === undefined ? undefined : JSON.stringify(value)),
});

describe("the way of data between regions", () => {
    const cases: readonly [
        string | undefined,
        string | undefined,
        "server-side" | "streamed",
        string | undefined,
    ][] = [
        ["West Europe", "westeurope", "server-side", undefined],
        ["westeurope", "northeurope", "server-side", "transfer/within continent/1"],
        ["westeurope", "uksouth", "server-side", "transfer/within continent/1"],
        ["eastus2", "westeurope", "server-side", "transfer/between continents/1"],
        ["eastus", "canadacentral", "server-side", "transfer/within continent/1"],
        ["southeastasia", "japaneast", "server-side", "transfer/within continent/2"],
        ["australiaeast", "japaneast", "server-side", "transfer/between continents/2"],
        ["brazilsouth", "eastus", "server-side", "transfer/between continents/3"],
        ["southafricanorth", "westeurope", "server-side", "transfer/between continents/2"],
        ["westeurope", "westeurope", "streamed", "transfer/internet/1"],
        ["southindia", undefined, "streamed", "transfer/internet/2"],
        [undefined, "westeurope", "streamed", undefined],
        ["westeurope", undefined, "server-side", undefined],
    ];
    for (const [source, target, path, price] of cases) {
        it(`${source ?? "?"} to ${target ?? "?"}, ${path}: ${price ?? "nothing"}`, () => {
            expect(transferPrice({ source, target }, path)).to.equal(price);
        });
    }
});

const prices: Prices = {
    currency: "USD",
    asOf: "2025-07",
    kind: "fake",
    prices: {
        "fake/write": { amount: 1, per: 100 },
        "fake/page": { amount: 2, per: 1 },
        "transfer/within continent/1": { amount: 0.5, per: 1 },
        "transfer/internet/1": { amount: 3, per: 1 },
    },
};
const limits: Limits = {
    concurrency: 10,
    rates: [],
    requestsPerItem: () => ({ request: 2 }),
    itemsPerPage: 50,
    billed: { perItem: () => ({ write: 2, unpriced: 1 }), perPage: "page" },
};
const places = { source: "westeurope", target: "northeurope" };

function ask(more: Partial<EstimateRequest> = {}): EstimateRequest {
    const element = { ...fakeElement(), limits };
    return { element, mode: "replication", items: 100, bytes: 0, prices, places, ...more };
}

describe("the money of an estimate", () => {
    it("is for requests and pages, and for data by its way", () => {
        const { money } = estimate(ask({ bytes: 4 * gibibyte, streamedBytes: gibibyte, listed: 100 }));
        // 200 writes at a cent, four pages; three GiB within the continent, one through this machine.
        expect(money).to.deep.equal({
            amount: 2 + 8 + 1.5 + 3,
            currency: "USD",
            requests: 10,
            transfer: 4.5,
            asOf: "2025-07",
        });
    });

    it("leaves out the way of data where nobody knows where the source is, and does not guess", () => {
        const { money } = estimate(ask({ bytes: gibibyte, places: {} }));
        expect(money).to.include({ amount: 6, requests: 6 }).and.not.have.property("transfer");
        const { billed: _unknown, ...rest } = limits;
        expect(estimate(ask({ element: { ...fakeElement(), limits: rest } }))).to.not.have.property("money");
        const { prices: _none, ...without } = ask();
        expect(estimate(without)).to.not.have.property("money");
    });

    it("never shrinks when there is more to do, and its parts are all of it", () => {
        const count = fc.nat({ max: 10_000 });
        fc.assert(
            fc.property(count, count, count, count, (items, more, bytes, streamed) => {
                const volume = { items, bytes: bytes * 1e6, streamedBytes: streamed * 1e6 };
                const { money } = estimate(ask(volume));
                const larger = estimate(
                    ask({ ...volume, items: items + more, bytes: (bytes + more) * 1e6 }),
                ).money;
                expect(larger?.amount).to.be.at.least(money?.amount ?? 0);
                expect(money?.amount).to.be.closeTo((money?.requests ?? 0) + (money?.transfer ?? 0), 1e-9);
            }),
        );
    });

    it("adds up over resources, but not over currencies", () => {
        const one = estimate(ask());
        const both = total([one, one]);
        expect(both).to.deep.include({ seconds: 2 * one.seconds, requests: 2 * one.requests });
        expect(both.money?.amount).to.equal(2 * (one.money?.amount ?? Number.NaN));
        const euros = estimate(ask({ prices: { ...prices, currency: "EUR" } }));
        expect(total([one, euros])).to.not.have.property("money");
        expect(total([])).to.deep.equal({ seconds: 0, bytes: 0, requests: 0 });
    });
});

describe("prices", () => {
    const plugins = [...loadPlugins().values()];

    it("are there for all that the plugins bill, with date and source", () => {
        for (const plugin of plugins) {
            expect(plugin.prices?.asOf).to.match(/^20\d\d-\d\d$/);
            const known = Object.keys(plugin.prices?.prices ?? {});
            for (const { name, limits: own, features } of Object.values(plugin.elements)) {
                const bill = own.billed;
                expect(bill, `${plugin.kind}/${name}`).to.not.equal(undefined);
                if (bill === undefined) continue;
                const names = [bill.perPage, bill.perPart ?? bill.perPage];
                for (const mode of features.modes) names.push(...Object.keys(bill.perItem(mode)));
                expect(known, `${plugin.kind}/${name}`).to.include.members(names);
            }
        }
    });

    it("are the user's where the user gives some, in any currency", () => {
        const plugin = plugins.find(({ prices: own }) => own !== undefined);
        if (plugin === undefined) throw new Error("no plugin has prices");
        const listed = pricesFor(plugin, settings(pricesKey));
        expect(listed.currency).to.equal("USD");
        expect(listed.prices).to.deep.equal(listPrices([plugin]));
        const own = pricesFor(plugin, settings(pricesKey, { "transfer/internet/1": 0 }));
        expect(own.prices["transfer/internet/1"]?.amount).to.equal(0);
        expect(Object.keys(own.prices)).to.have.members(Object.keys(listed.prices));
        const euros = pricesFor(
            plugin,
            settings(pricesKey, { currency: "EUR", "transfer/internet/1": 0.08 }),
        );
        expect(euros.currency).to.equal("EUR");
        expect(Object.keys(euros.prices)).to.deep.equal(["transfer/internet/1"]);
    });

    it("that are none are an error that names the setting and the price", () => {
        const [plugin] = plugins;
        if (plugin === undefined) throw new Error("no plugin");
        for (const wrong of [
            { "transfer/moon": 1 },
            { "transfer/internet/1": -1 },
            { currency: "euro" },
            [1],
        ]) {
            try {
                pricesFor(plugin, settings(pricesKey, wrong));
                expect.fail(JSON.stringify(wrong));
            } catch (error) {
                if (!isDataplaneError(error, "InvalidArgument")) throw error;
                expect(error.message).to.include(pricesKey);
                expect(error.detail.remedy).to.include("transfer/internet/1");
            }
        }
    });
});

describe("thresholds", () => {
    it("warn of each figure that is above, and of no other", () => {
        const found = { seconds: 100, bytes: 2 * gibibyte, requests: 5, money: { ...money(3) } };
        const above = (limits: object) =>
            warningsAbove(found, thresholdsFrom(settings(warnAboveKey, limits)));
        expect(above({})).to.deep.equal([]);
        expect(warningsAbove(found, thresholdsFrom(settings(warnAboveKey)))).to.deep.equal([]);
        expect(above({ seconds: 100, bytes: 2 * gibibyte, requests: 5, money: 3 })).to.deep.equal([]);
        const warnings = above({ seconds: 30, bytes: gibibyte, requests: 4, money: 1 });
        expect(warnings).to.have.length(4);
        expect(warnings.join("\n")).to.match(
            /2 min.*30 s[^]*2\.0 GiB.*1\.0 GiB[^]*5 requests[^]*3\.00 USD.*1\.00 USD/,
        );
    });

    it("that are none are an error", () => {
        expect(() => thresholdsFrom(settings(warnAboveKey, { second: 1 }))).to.throw(warnAboveKey);
    });
});

function money(amount: number) {
    return { amount, currency: "USD", requests: amount, asOf: "2025-07" };
}
