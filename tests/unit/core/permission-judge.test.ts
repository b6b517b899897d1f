import { expect } from "chai";
import fc from "fast-check";
import type { DenyAssignment, PermissionSet, RoleAssignment } from "../../../providers/core/arm/client.js";
import type { Caller } from "../../../providers/core/access.js";
import type { Permission } from "../../../providers/core/contract.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import { callerOf, identifyCaller } from "../../../providers/core/permissions/caller.js";
import { denies } from "../../../providers/core/permissions/deny.js";
import { assignCommand } from "../../../providers/core/permissions/explain.js";
import { grantsAt, type Grants, type PermissionSource } from "../../../providers/core/permissions/grants.js";
import { judge } from "../../../providers/core/permissions/judge.js";
import { isGranted, matchesAction } from "../../../providers/core/permissions/match.js";
import { boxId } from "./support/fake-plugin.js";

const read = "Microsoft.Fake/boxes/things/read";
const write = "Microsoft.Fake/boxes/things/write";
const caller: Caller = { objectId: "me", principalType: "ServicePrincipal" };
const permission: Permission = {
    actions: [],
    dataActions: [read, write],
    role: { name: "Fake Writer", id: "b" },
    purpose: "write things",
};

function token(claims: object): string {
    return `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
}

describe("the caller of a token", () => {
    it("is what its claims say", () => {
        expect(callerOf(token({ oid: "o", idtyp: "app", appid: "a", groups: ["g"] }))).to.deep.equal({
            objectId: "o",
            principalType: "ServicePrincipal",
            clientId: "a",
            groups: ["g"],
        });
        expect(callerOf(token({ oid: "o", idtyp: "user" }), "c")).to.deep.equal({
            objectId: "o",
            principalType: "User",
            clientId: "c",
        });
    });

    it("is not known from a token of another form, and nothing is made up", () => {
        for (const text of [
            "",
            "opaque",
            "a.b.c",
            token([]),
            token({ oid: 1, idtyp: "device" }),
            "a.bnVsbA.c",
        ]) {
            expect(callerOf(text), text).to.deep.equal({});
        }
    });

    it("is not known where nobody can sign in", async () => {
        const failing = { getToken: () => Promise.reject(new Error("no")) };
        expect(await identifyCaller(failing, "scope", "c")).to.deep.equal({ clientId: "c" });
    });

    it("stands in the command as far as it is known", () => {
        expect(assignCommand("R", "/s", caller)).to.equal(
            `az role assignment create --assignee-object-id me --assignee-principal-type ServicePrincipal --role "R" --scope "/s"`,
        );
        expect(assignCommand("R", "/s", { objectId: "me" })).to.include("the token does not tell");
        expect(assignCommand("R", "/s", { clientId: "c" })).to.include("--assignee c --role");
        expect(assignCommand("R", "/s", {})).to.include("<object ID of the identity>");
    });
});

const segment = fc.constantFrom("Microsoft.Fake", "boxes", "things", "read", "write", "action");
const action = fc.array(segment, { minLength: 2, maxLength: 5 }).map((parts) => parts.join("/"));
/** An action of which some parts became stars. */
const pattern = fc
    .array(fc.oneof(segment, fc.constant("*")), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join("/"));
const set = fc.record({ dataActions: fc.array(pattern), notDataActions: fc.array(pattern) });

describe("wildcards with exceptions", () => {
    it("a set grants what it has and does not except; sets only add", () => {
        fc.assert(
            fc.property(fc.array(set), set, action, (sets, another, wanted) => {
                const covers = (patterns: readonly string[]) =>
                    patterns.some((one) =>
                        new RegExp(`^${one.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "i").test(wanted),
                    );
                const expected = sets.some((one) => covers(one.dataActions) && !covers(one.notDataActions));
                expect(isGranted(sets, wanted, "dataAction")).to.equal(expected);
                if (expected) expect(isGranted([...sets, another], wanted, "dataAction")).to.equal(true);
                expect(isGranted(sets, wanted, "action")).to.equal(false);
            }),
            { numRuns: 500 },
        );
    });

    it("an exception of everything leaves nothing, and the order of sets does not matter", () => {
        fc.assert(
            fc.property(fc.array(set), action, (sets, wanted) => {
                const none = sets.map((one) => ({ ...one, notDataActions: ["*"] }));
                expect(isGranted(none, wanted, "dataAction")).to.equal(false);
                expect(isGranted([...sets].reverse(), wanted, "dataAction")).to.equal(
                    isGranted(sets, wanted, "dataAction"),
                );
                expect(matchesAction("*", wanted)).to.equal(true);
            }),
        );
    });
});

function denial(properties: DenyAssignment["properties"]): DenyAssignment {
    return {
        id: "/deny",
        properties: {
            scope: boxId(),
            permissions: [{ dataActions: ["*"] }],
            principals: [{ id: "me" }],
            ...properties,
        },
    };
}

describe("a deny assignment", () => {
    const everybody = { id: "00000000-0000-0000-0000-000000000000", type: "SystemDefined" };
    const cases: readonly [string, DenyAssignment["properties"], "yes" | "perhaps" | "no", Caller?][] = [
        ["holds for whom it names, in any case", { principals: [{ id: "ME" }] }, "yes"],
        ["holds for everybody", { principals: [everybody] }, "yes"],
        ["holds for nobody else", { principals: [{ id: "you", type: "User" }] }, "no"],
        ["leaves out whom it excludes", { principals: [everybody], excludePrincipals: [{ id: "me" }] }, "no"],
        ["may hold for members of a group", { principals: [{ id: "g", type: "Group" }] }, "perhaps"],
        [
            "holds for a group of the token",
            { principals: [{ id: "g", type: "Group" }] },
            "yes",
            { ...caller, groups: ["g"] },
        ],
        [
            "may exclude members of a group",
            { principals: [everybody], excludePrincipals: [{ id: "g", type: "Group" }] },
            "perhaps",
        ],
        [
            "may hold where the caller is not known",
            { principals: [{ id: "you", type: "User" }] },
            "perhaps",
            {},
        ],
        ["may hold with a condition", { condition: "@Resource…" }, "perhaps"],
        [
            "may hold with a condition of a permission",
            { permissions: [{ dataActions: ["*"], condition: "@…" }] },
            "perhaps",
        ],
        [
            "takes nothing that it excepts",
            { permissions: [{ dataActions: ["*"], notDataActions: [read] }] },
            "no",
        ],
        ["takes no other actions", { permissions: [{ actions: ["*"], dataActions: [write] }] }, "no"],
        ["stays at its own scope", { scope: "/subscriptions/x", doNotApplyToChildScopes: true }, "no"],
        ["comes from above", { scope: "/subscriptions/x" }, "yes"],
    ];
    for (const [title, properties, expected, who = caller] of cases) {
        it(title, () => {
            expect(denies(denial(properties), who, boxId(), read, "dataAction")).to.equal(expected);
        });
    }
});

const nothing: Grants = { sets: [], unconditional: [], conditional: [], narrower: [], denials: [] };

function assigned(scope: string, sets: readonly PermissionSet[] | undefined, condition?: string) {
    const properties = {
        roleDefinitionId: "/r/1",
        principalId: "me",
        scope,
        ...(condition === undefined ? {} : { condition }),
    };
    return { assignment: { id: "/a", name: "a", properties } satisfies RoleAssignment, sets };
}

describe("a permission that is needed", () => {
    const all = [{ dataActions: ["*"] }];
    const cases: readonly [string, Partial<Grants>, string, (readonly string[])?][] = [
        ["is missing where nothing grants it", {}, "missing", [read, write]],
        ["is missing by what is missing of it", { sets: [{ dataActions: [read] }] }, "missing", [write]],
        ["is granted", { sets: all }, "granted", []],
        ["is denied whatever grants it", { sets: all, denials: [denial({})] }, "denied"],
        [
            "is unclear where a deny assignment may hold",
            { sets: all, denials: [denial({ condition: "c" })] },
            "unclear",
        ],
        [
            "is missing where one may hold and nothing grants it",
            { denials: [denial({ condition: "c" })] },
            "missing",
        ],
        [
            "is unclear where only a conditional role grants it",
            { sets: all, conditional: [assigned("/", all, "c")] },
            "unclear",
        ],
        [
            "is unclear where ARM leaves conditional roles out",
            { conditional: [assigned("/", all, "c")] },
            "unclear",
        ],
        [
            "is granted by another role beside a conditional one",
            { sets: all, conditional: [assigned("/", all, "c")], unconditional: [assigned("/", all)] },
            "granted",
        ],
        [
            "is granted beside a conditional role for other things",
            { sets: all, conditional: [assigned("/", [{ actions: ["*"] }], "c")] },
            "granted",
        ],
        [
            "is unclear beside a conditional role that can't be read",
            { sets: all, conditional: [assigned("/", undefined, "c")] },
            "unclear",
        ],
        [
            "is unclear where a part of the resource has it",
            { narrower: [assigned(`${boxId()}/things/a`, all)] },
            "unclear",
        ],
    ];
    for (const [title, grants, standing, actions] of cases) {
        it(title, () => {
            const finding = judge(permission, { ...nothing, ...grants }, caller, boxId());
            expect(finding.standing).to.equal(standing);
            if (actions !== undefined) expect(finding.actions).to.deep.equal(actions);
        });
    }

    it("leaves data to a service that decides by itself", () => {
        expect(judge(permission, nothing, caller, boxId(), false).standing).to.equal("granted");
    });
});

describe("what ARM tells of a caller", () => {
    const refuse = () => Promise.reject(new DataplaneError("AccessDenied", "m"));
    const arm = (change: Partial<PermissionSource>): PermissionSource => ({
        permissions: () => Promise.resolve([]),
        roleAssignments: refuse,
        roleDefinition: refuse,
        denyAssignments: refuse,
        get: refuse,
        ...change,
    });

    it("is enough without the right to read assignments", async () => {
        const sets = [{ dataActions: ["*"] }];
        const found = await grantsAt(boxId(), caller, arm({ permissions: () => Promise.resolve(sets) }));
        expect(found).to.deep.equal({ ...nothing, sets });
        expect(await grantsAt(boxId(), caller, arm({ permissions: refuse }))).to.equal(undefined);
    });

    it("reads roles at the resource, and none where no assignment is special", async () => {
        const asked: string[] = [];
        const roles = [
            assigned("/subscriptions/x", [], "c"),
            assigned(boxId(), []),
            assigned(`${boxId()}/part`, []),
        ];
        const filters: (string | undefined)[] = [];
        const source = (count: number) =>
            arm({
                roleAssignments: (_scope, filter) => {
                    filters.push(filter);
                    return Promise.resolve(roles.slice(-count).map(({ assignment }) => assignment));
                },
                roleDefinition: (id) => {
                    asked.push(id);
                    return Promise.resolve(undefined);
                },
            });
        const found = await grantsAt(boxId(), caller, source(3));
        expect(
            [found?.conditional, found?.unconditional, found?.narrower].map((list) => list?.length),
        ).to.deep.equal([1, 1, 1]);
        expect(new Set(asked)).to.deep.equal(
            new Set([`${boxId()}/providers/Microsoft.Authorization/roleDefinitions/1`]),
        );
        expect(filters).to.deep.equal(["assignedTo('me')"]);
        asked.length = 0;
        await grantsAt(
            boxId(),
            caller,
            arm({
                roleAssignments: () => Promise.resolve(roles.slice(1, 2).map(({ assignment }) => assignment)),
            }),
        );
        expect(asked).to.deep.equal([]);
    });
});
