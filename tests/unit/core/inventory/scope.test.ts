import { expect } from "chai";
import { describeScope, parseScope } from "../../../../providers/core/inventory/scope.js";

const id = "10000000-0000-4000-8000-000000000002";
const other = "20000000-0000-4000-8000-000000000002";

describe("the scope of an inventory", () => {
    it("takes a subscription by its ID or resource ID, and groups by name or resource ID", () => {
        expect(parseScope({ subscription: ` /subscriptions/${id}/ ` }, "source")).to.deep.equal({
            subscriptionId: id,
        });
        expect(
            parseScope(
                { resourceGroups: ["a", `/subscriptions/${id.toUpperCase()}/resourceGroups/b/`] },
                "source",
            ),
        ).to.deep.equal({ subscriptionId: id, resourceGroups: ["a", "b"] });
        expect(parseScope({ resourceGroups: ["a"] }, "source", other).subscriptionId).to.equal(other);
    });

    it("refuses what names none, two, or no possible one, and says which side", () => {
        const problem = (...args: Parameters<typeof parseScope>) => {
            try {
                parseScope(...args);
            } catch (error) {
                return (error as Error).message;
            }
            return "accepted";
        };
        expect(problem({}, "target")).to.match(/target: no subscription/);
        expect(problem({ subscription: "Production" }, "source")).to.match(/source: .*GUID/);
        expect(
            problem({ subscription: id, resourceGroups: [`/subscriptions/${other}/resourceGroups/a`] }, "s"),
        ).to.match(/two subscriptions/);
        expect(problem({ subscription: id, resourceGroups: ["a/b"] }, "s")).to.match(/"a\/b"/);
    });

    it("can be said", () => {
        expect(describeScope({ subscriptionId: id, resourceGroups: ["a", "b"] })).to.equal(
            `resource groups "a", "b" of subscription ${id}`,
        );
    });
});
