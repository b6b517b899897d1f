import { expect } from "chai";
import type { Mode, Side } from "../../providers/core/contract.js";
import { isGranted } from "../../providers/core/permissions/match.js";
import { KeptAnswers } from "../../providers/core/permissions/kept-answers.js";
import { requiredPermissions } from "../../providers/core/permissions/required.js";
import { elementKeys, findElement } from "../../providers/core/registry.js";
import { carryOut, commandsIn, PermissionWorld } from "./permission-world.js";

/** Options with which more is needed. */
const optionsByKey: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
    "keyvault/keys": [{ onUnexportable: "recreate" }],
    "keyvault/certificates": [{ onUnexportable: "recreate" }],
    "storage/containers": [{ policies: true, publicAccess: true }],
    "storage/directories": [{ accessControl: true }],
    "storage/blobs": [{ tags: true, accessControl: true }],
    "storage/queues": [{ policies: true }],
    "storage/tables": [{ policies: true }],
};

interface Case {
    readonly key: string;
    readonly mode: Mode;
    readonly options: Record<string, unknown>;
    readonly side: Side;
    readonly role: string;
}

/** Every role that any element type needs; where modes need the same, in one of them. */
function cases(): Case[] {
    const seen = new Set<string>();
    return elementKeys().flatMap((key) => {
        const { element } = findElement(key);
        return [{}, ...(optionsByKey[key] ?? [])].flatMap((options) =>
            element.features.modes.flatMap((mode) =>
                (["source", "target"] as const).flatMap((side) => {
                    const required = requiredPermissions(element, mode, options)[side];
                    const what = JSON.stringify([key, side, required]);
                    if (seen.has(what)) return [];
                    seen.add(what);
                    const roles = new Set(required.map(({ role }) => role.name));
                    return [...roles].map((role) => ({ key, mode, options, side, role }));
                }),
            ),
        );
    });
}

/** Not missed where another role that is there has all that is needed of these: an owner's, or the stage's Reader. */
const coveredByOthers: readonly string[] = [
    "Reader",
    "Storage Blob Data Reader",
    "Storage Blob Data Contributor",
    "Storage Queue Data Reader",
    "Storage Queue Data Contributor",
    "Storage Table Data Reader",
];

describe("a role that is missing", () => {
    let world: PermissionWorld;
    before(async () => {
        world = await PermissionWorld.start();
    });
    after(() => world.stop());

    /** Takes one role away, has the preview's commands carried out, and verifies again. */
    async function loseAndAssign({ key, mode, options, side, role }: Case): Promise<void> {
        const other = side === "source" ? "target" : "source";
        const required = requiredPermissions(findElement(key).element, mode, options)[side];
        const rest = [...new Set(required.map((one) => one.role.name))].filter((one) => one !== role);
        const stage = world.stage(key, mode, options, { equipped: [other] });
        const scope = stage.references[side];
        for (const one of rest) world.grant(stage.who[side], one, scope);
        const sets = ["Reader", ...rest].flatMap(
            (one) => world.azure.roles.definition(one)?.permissions ?? [],
        );
        const isMissed = required.some(
            ({ actions, dataActions }) =>
                actions.some((action) => !isGranted(sets, action, "action")) ||
                dataActions.some((action) => !isGranted(sets, action, "dataAction")),
        );
        if (!isMissed) expect(coveredByOthers).to.include(role);

        const first = await stage.verify();
        const { objectId } = stage.who[side];
        const command = { objectId, principalType: "ServicePrincipal", role, scope };
        expect(first.problems[other], other).to.equal(undefined);
        expect(commandsIn(first.problems[side])).to.deep.equal(isMissed ? [command] : []);
        expect(first.notes).to.deep.equal([]);
        if (isMissed) await carryOut(command, world.administrator(side, scope));
        expect(await stage.verify()).to.deep.equal({ problems: {}, notes: [] });
    }

    for (const one of cases()) {
        const { key, mode, options, side, role } = one;
        it(`${key} ${JSON.stringify(options)}, ${mode}, ${side}: ${role}`, () => loseAndAssign(one));
    }

    it("is Reader, where the resource is named by its ID", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { reader: false });
        const { problems } = await stage.verify();
        for (const side of ["source", "target"] as const) {
            expect(commandsIn(problems[side])).to.deep.equal([
                {
                    objectId: stage.who[side].objectId,
                    principalType: "ServicePrincipal",
                    role: "Reader",
                    scope: stage.references[side],
                },
            ]);
        }
    });

    it("is told with its actions and its purpose, and with nothing of the credentials", async () => {
        const { problems } = await world.stage("keyvault/secrets", "replication", {}).verify();
        expect(problems.source).to.include("Microsoft.KeyVault/vaults/secrets/getSecret/action");
        expect(problems.source).to.include("list secrets and read their values");
        expect(problems.target).to.include("Microsoft.KeyVault/vaults/secrets/setSecret/action");
        for (const { secrets } of world.azure.entra.principals) {
            for (const { value } of secrets) expect(JSON.stringify(problems)).to.not.include(value);
        }
    });

    it("is asked for once of ARM, however many replicas there are of a resource", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {});
        const answers = new KeptAnswers();
        const first = await stage.verify({}, answers);
        world.azure.requests.clear();
        expect(await stage.verify({}, answers)).to.deep.equal(first);
        expect(await stage.verify({ mode: "template" }, answers)).to.not.deep.equal(first);
        const asked = world.azure.requests.all().filter(({ host }) => host.startsWith("management."));
        expect(asked).to.deep.equal([]);
    });

    it("is not looked for with verifyPermissions: off", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {});
        world.azure.requests.clear();
        expect(await stage.verify({ verifyPermissions: "off" })).to.deep.equal({ problems: {}, notes: [] });
        expect(world.azure.requests.all()).to.deep.equal([]);
    });
});
