import { expect } from "chai";
import fc from "fast-check";
import type { PermissionSet } from "../../../providers/core/arm/client.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import { explainerOfDenied } from "../../../providers/core/permissions/denied.js";
import { explainMissing } from "../../../providers/core/permissions/explain.js";
import type { PermissionSource } from "../../../providers/core/permissions/grants.js";
import { isGranted, matchesAction } from "../../../providers/core/permissions/match.js";
import { requiredPermissions } from "../../../providers/core/permissions/required.js";
import { verifyPermissions } from "../../../providers/core/permissions/verify.js";
import { boxId, fakeElement } from "./support/fake-plugin.js";

const read = "Microsoft.Fake/boxes/things/read";
const write = "Microsoft.Fake/boxes/things/write";

describe("actions with wildcards", () => {
    const matching: readonly (readonly [pattern: string, action: string, matches: boolean])[] = [
        ["*", read, true],
        ["*/read", read, true],
        ["*/read", write, false],
        ["Microsoft.Fake/*", read, true],
        ["microsoft.fake/BOXES/things/READ", read, true],
        ["Microsoft.Fake/boxes/*/read", read, true],
        ["Microsoft.Fake/boxes/read", read, false],
        ["Microsoft.Fake/boxes/things/read/action", read, false],
        ["Microsoft.Fake/*/things/*", read, true],
        ["Microsoft.Fake/boxes/things/read*read", read, false],
        ["Microsoft.Fake/boxes/t.ings/read", read, false],
        ["", read, false],
    ];
    for (const [pattern, action, matches] of matching) {
        it(`${pattern} ${matches ? "covers" : "does not cover"} ${action}`, () => {
            expect(matchesAction(pattern, action)).to.equal(matches);
        });
    }

    it("agree with a regular expression", () => {
        const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "*"), maxLength: 10 });
        fc.assert(
            fc.property(
                text,
                fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 10 }),
                (pattern, action) => {
                    const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(action);
                    expect(matchesAction(pattern, action)).to.equal(expected);
                },
            ),
            { numRuns: 2_000 },
        );
    });

    it("add up over assignments, less what each leaves out itself", () => {
        const all: PermissionSet = { dataActions: ["*"], notDataActions: [write] };
        expect(isGranted([all], read, "dataAction")).to.equal(true);
        expect(isGranted([all], write, "dataAction")).to.equal(false);
        expect(isGranted([all, { dataActions: [write] }], write, "dataAction")).to.equal(true);
        expect(isGranted([{ actions: ["*"] }], read, "dataAction")).to.equal(false);
        expect(isGranted([{ actions: ["*"], notActions: ["*/write"] }], write, "action")).to.equal(false);
        expect(isGranted([], read, "action")).to.equal(false);
    });
});

const element = fakeElement();
const resource = {
    id: boxId(),
    type: "Microsoft.Fake/boxes",
    name: "app",
    endpoints: {},
    reference: boxId(),
};
const common = { resource, element, side: "target", mode: "replication" } as const;

/** An ARM that has nothing to tell. */
const silent: PermissionSource = {
    permissions: () => Promise.resolve([]),
    roleAssignments: () => Promise.resolve([]),
    roleDefinition: () => Promise.resolve(undefined),
    denyAssignments: () => Promise.resolve([]),
    get: () => Promise.resolve(undefined),
};

function granting(...sets: PermissionSet[]) {
    let asked = 0;
    return {
        get asked() {
            return asked;
        },
        ...silent,
        permissions: () => {
            asked += 1;
            return Promise.resolve(sets);
        },
    };
}

describe("verifyPermissions", () => {
    it("names exactly what is missing", async () => {
        const arm = granting({ dataActions: [read] });
        const { missing, known } = await verifyPermissions({ ...common, arm });
        expect(known).to.equal(true);
        expect(missing.map((permission) => permission.role.name)).to.deep.equal(["Fake Writer"]);
        expect(
            (await verifyPermissions({ ...common, arm: granting({ dataActions: ["*"] }) })).missing,
        ).to.have.length(0);
    });

    it("does not know without an ARM resource ID or without a right in ARM", async () => {
        const arm = granting();
        const { id: _unknown, ...url } = { ...resource, reference: "https://app" };
        const byUrl = await verifyPermissions({ ...common, resource: url, arm });
        expect(byUrl).to.deep.include({ missing: [], known: false });
        expect(arm.asked).to.equal(0);
        const denied = {
            ...silent,
            permissions: () => Promise.reject(new DataplaneError("AccessDenied", "m")),
        };
        expect((await verifyPermissions({ ...common, arm: denied })).known).to.equal(false);
    });

    it("does not take another failure for an answer", async () => {
        const broken = { ...silent, permissions: () => Promise.reject(new DataplaneError("Throttled", "m")) };
        const error: unknown = await verifyPermissions({ ...common, arm: broken }).catch(
            (reason: unknown) => reason,
        );
        expect(error).to.have.property("code", "Throttled");
    });
});

describe("the text about a missing permission", () => {
    const [permission] = requiredPermissions(element, "template").source;

    const caller = { objectId: "oid", principalType: "User" } as const;

    it("names purpose, action, role, scope and command", () => {
        expect(permission && explainMissing(permission, boxId(), caller)).to.equal(
            `To read things, the role "Fake Reader" (${read}) is needed at ${boxId()}:\n` +
                `az role assignment create --assignee-object-id oid --assignee-principal-type User ` +
                `--role "Fake Reader" --scope "${boxId()}"`,
        );
    });

    it("does not pretend that a URL is a scope", () => {
        expect(permission && explainMissing(permission, "https://a")).to.contain(
            "<ARM resource ID of https://a>",
        );
    });
});

describe("an AccessDenied of a store", () => {
    const denied = new DataplaneError("AccessDenied", "m", { status: 403 });
    const context = { ...common, options: {} };

    it("names the role that is missing, and no other", async () => {
        const explain = explainerOfDenied({
            ...context,
            arm: granting({ dataActions: [read] }),
            hint: "And a hint.",
        });
        const { detail, code } = await explain(denied);
        expect(code).to.equal("AccessDenied");
        expect(detail.remedy).to.contain("Fake Writer").and.to.contain("And a hint.");
        expect(detail.remedy).not.to.contain("Fake Reader");
    });

    it("names all roles where ARM can't be asked, whatever the reason", async () => {
        const arm = { ...silent, permissions: () => Promise.reject(new DataplaneError("Unreachable", "m")) };
        const { detail } = await explainerOfDenied({ ...context, arm })(denied);
        expect(detail.remedy).to.contain("Fake Writer").and.to.contain("Fake Reader");
    });

    it("says that a role does not act yet", async () => {
        const { detail } = await explainerOfDenied({ ...context, arm: granting({ dataActions: ["*"] }) })(
            denied,
        );
        expect(detail.remedy).to.contain("up to ten minutes");
    });

    it("asks ARM once for many items, and again later", async () => {
        const arm = granting();
        let time = 0;
        const explain = explainerOfDenied({ ...context, arm }, () => time);
        await Promise.all([explain(denied), explain(denied), explain(denied)]);
        expect(arm.asked).to.equal(1);
        time = 60_000;
        await explain(denied);
        expect(arm.asked).to.equal(2);
    });

    it("leaves other errors, and those with a remedy, as they are", async () => {
        const explain = explainerOfDenied({ ...context, arm: granting() });
        const others = [
            new DataplaneError("Firewall", "m"),
            new DataplaneError("AccessDenied", "m", { remedy: "do this" }),
        ];
        for (const error of others) expect(await explain(error)).to.equal(error);
    });
});
