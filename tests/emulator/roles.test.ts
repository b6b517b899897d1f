import { expect } from "chai";
import { builtInRoles } from "../../emulator/roles/built-in.js";
import fc from "fast-check";
import { Clock } from "../../emulator/clock.js";
import { Assignments } from "../../emulator/roles/assignments.js";
import { Roles } from "../../emulator/roles/engine.js";
import { grants, isWithin, matchesAction, type Permissions } from "../../emulator/roles/matching.js";

const segment = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.]{0,8}$/);
const action = fc.array(segment, { minLength: 2, maxLength: 5 }).map((parts) => parts.join("/"));
const unimportant = { roleId: "", principalType: "", createdOn: 0, effectiveAt: 0, createdBy: "" };
const none: Permissions = { actions: [], notActions: [], dataActions: [], notDataActions: [] };

describe("local azure: matching of roles", () => {
    it("an action matches itself in any case, and everything matches *", () => {
        fc.assert(
            fc.property(action, (text) => {
                expect(matchesAction(text, text.toUpperCase())).to.equal(true);
                expect(matchesAction("*", text)).to.equal(true);
                expect(matchesAction(text, `${text}/more`)).to.equal(false);
                expect(matchesAction(text, `x${text}`)).to.equal(false);
            }),
        );
    });

    it("a star stands for any text, slashes included, wherever it is", () => {
        fc.assert(
            fc.property(action, fc.nat(), fc.nat(), (text, first, second) => {
                const [start, end] = [first % (text.length + 1), second % (text.length + 1)].sort(
                    (a, b) => a - b,
                );
                expect(matchesAction(`${text.slice(0, start)}*${text.slice(end)}`, text)).to.equal(true);
            }),
        );
        expect(matchesAction("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/read")).to.equal(
            false,
        );
        expect(matchesAction("*/read", "Microsoft.KeyVault/vaults/secrets/read")).to.equal(true);
        // A dot is a dot.
        expect(matchesAction("Microsoft.KeyVault/*", "MicrosoftXKeyVault/vaults")).to.equal(false);
    });

    it("what an entry excepts is not granted by it, whatever else it grants", () => {
        fc.assert(
            fc.property(action, fc.array(action), (text, others) => {
                const entry = { ...none, actions: ["*", ...others], notActions: [text] };
                expect(grants(entry, text, "action")).to.equal(false);
                expect(grants(entry, text, "dataAction")).to.equal(false);
                expect(grants({ ...none, dataActions: [text] }, text, "action")).to.equal(false);
                expect(grants({ ...none, dataActions: [text] }, text, "dataAction")).to.equal(true);
            }),
        );
    });

    it("a scope holds what lies below it, by whole segments and without case", () => {
        const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}`);
        fc.assert(
            fc.property(path, path, (outer, rest) => {
                expect(isWithin(outer.toUpperCase(), `${outer}/`)).to.equal(true);
                expect(isWithin(`${outer}${rest}`, outer)).to.equal(true);
                expect(isWithin(outer, `${outer}${rest}`)).to.equal(false);
                expect(isWithin(`${outer}x`, outer)).to.equal(false);
                expect(isWithin(outer, "/")).to.equal(true);
            }),
        );
    });
});

describe("local azure: role engine", () => {
    const scope = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
    const getSecret = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

    it("acts on an assignment at any parent, for that principal alone", () => {
        for (const parent of ["/", "/subscriptions/S", "/subscriptions/s/resourcegroups/g", scope]) {
            const roles = new Roles(new Clock(), 0);
            roles.assign({ principalId: "a", role: "Key Vault Secrets User", scope: parent });
            expect(roles.isAllowed("A", getSecret, scope, "dataAction"), parent).to.equal(true);
            expect(roles.isAllowed("b", getSecret, scope, "dataAction")).to.equal(false);
            expect(roles.isAllowed("a", getSecret, scope, "action")).to.equal(false);
        }
    });

    it("finds the assignments of a principal as comparing all of them would, after any of them came and went", () => {
        const scopes = fc
            .array(fc.constantFrom("a", "B", "bc"), { maxLength: 4 })
            .chain((parts) => fc.constantFrom(`/${parts.join("/")}`, `/${parts.join("/")}/`.toUpperCase()));
        const step = fc.record({
            name: fc.constantFrom("one", "two", "three", "four"),
            principalId: fc.constantFrom("p", "q"),
            scope: scopes,
            isRemoved: fc.boolean(),
        });
        fc.assert(
            fc.property(fc.array(step, { maxLength: 12 }), scopes, (steps, asked) => {
                const assignments = new Assignments();
                for (const { isRemoved, ...one } of steps) {
                    if (isRemoved) assignments.delete(one.name);
                    else assignments.set({ ...unimportant, ...one });
                }
                for (const principalId of ["p", "q"]) {
                    const wanted = assignments
                        .all()
                        .filter((one) => one.principalId === principalId && isWithin(asked, one.scope));
                    expect(assignments.at(principalId.toUpperCase(), asked)).to.have.members(wanted);
                }
            }),
        );
    });

    it("lets Owner manage and not read contents, and Contributor not assign roles", () => {
        const roles = new Roles(new Clock(), 0);
        roles.assign({ principalId: "owner", role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: "/" });
        roles.assign({ principalId: "contributor", role: "contributor", scope: "/" });
        const write = "Microsoft.Authorization/roleAssignments/write";
        expect(roles.isAllowed("owner", write, scope, "action")).to.equal(true);
        expect(roles.isAllowed("owner", getSecret, scope, "dataAction")).to.equal(false);
        expect(roles.isAllowed("contributor", write, scope, "action")).to.equal(false);
        expect(roles.isAllowed("contributor", "Microsoft.KeyVault/vaults/write", scope, "action")).to.equal(
            true,
        );
        // What one role excepts, another may grant.
        roles.assign({ principalId: "contributor", role: "User Access Administrator", scope });
        expect(roles.isAllowed("contributor", write, scope, "action")).to.equal(true);
    });

    it("acts late where a delay is set, and no longer once removed", () => {
        const clock = new Clock();
        const roles = new Roles(clock, 60_000);
        const assignment = roles.assign({ principalId: "a", role: "Reader", scope });
        const allowed = (): boolean =>
            roles.isAllowed("a", "Microsoft.KeyVault/vaults/read", scope, "action");
        expect(roles.assignments()).to.have.length(1);
        expect(allowed()).to.equal(false);
        clock.advance(59_000);
        expect(allowed()).to.equal(false);
        clock.advance(1001);
        expect(allowed()).to.equal(true);
        expect(roles.remove(`/x/${assignment.name}`)).to.equal(true);
        expect(allowed()).to.equal(false);
        roles.assign({ principalId: "a", role: "Reader", scope, effectiveAfterMilliseconds: 0 });
        expect(allowed()).to.equal(true);
    });

    it("knows custom definitions and refuses unknown ones", () => {
        const roles = new Roles(new Clock(), 0);
        expect(() => roles.assign({ principalId: "a", role: "Nobody", scope })).to.throw("no role 'Nobody'");
        roles.define({
            id: "33333333-0000-4000-8000-000000000000",
            name: "Lister",
            description: "",
            assignableScopes: ["/"],
            permissions: [
                {
                    ...none,
                    dataActions: ["Microsoft.KeyVault/vaults/secrets/*/action"],
                    notDataActions: [getSecret],
                },
            ],
        });
        roles.assign({ principalId: "a", role: "Lister", scope });
        expect(
            roles.isAllowed(
                "a",
                "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
                scope,
                "dataAction",
            ),
        ).to.equal(true);
        expect(roles.isAllowed("a", getSecret, scope, "dataAction")).to.equal(false);
        const copy = new Roles(new Clock(), 0);
        copy.load(JSON.parse(JSON.stringify(roles.save())));
        expect(
            copy.isAllowed("a", "Microsoft.KeyVault/vaults/secrets/readMetadata/action", scope, "dataAction"),
        ).to.equal(true);
    });
});

describe("local azure: built-in roles", () => {
    it("stand once each, by name and by id", () => {
        for (const texts of [builtInRoles.map(({ id }) => id), builtInRoles.map(({ name }) => name)]) {
            expect(texts.filter((text, index) => texts.indexOf(text) < index)).to.deep.equal([]);
        }
    });
});
