import { expect } from "chai";
import { isGranted } from "../../providers/core/permissions/match.js";
import { requiredPermissions } from "../../providers/core/permissions/required.js";
import { findElement } from "../../providers/core/registry.js";
import { carryOut, commandsIn, PermissionWorld } from "./permission-world.js";

const cases: readonly { key: string; options?: Record<string, unknown> }[] = [
    { key: "keyvault/secrets" },
    { key: "keyvault/keys" },
    { key: "keyvault/keys", options: { onUnexportable: "recreate" } },
    { key: "keyvault/certificates" },
    { key: "keyvault/certificates", options: { onUnexportable: "recreate" } },
    { key: "storage/containers" },
    { key: "storage/containers", options: { policies: true, publicAccess: true } },
    { key: "storage/blobs" },
    { key: "storage/blobs", options: { tags: true } },
    { key: "storage/directories" },
    { key: "storage/shares" },
    { key: "storage/files" },
    { key: "storage/queues" },
    { key: "storage/tables" },
    { key: "storage/entities" },
];

/** Not missed where another role that is there has all that is needed of these: Owner, or the stage's Reader. */
const coveredByOthers: readonly string[] = [
    "Reader",
    "Storage Blob Data Reader",
    "Storage Blob Data Contributor",
    "Storage Queue Data Reader",
    "Storage Table Data Reader",
];

describe("a role that is missing", () => {
    let world: PermissionWorld;
    before(async () => {
        world = await PermissionWorld.start();
    });
    after(() => world.stop());

    /** Takes one role away, has the preview's commands carried out, and verifies again. */
    async function loseAndAssign(
        key: string,
        mode: "template" | "replication",
        options: Record<string, unknown>,
        side: "source" | "target",
        role: string,
    ): Promise<void> {
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

    for (const { key, options = {} } of cases) {
        const { element } = findElement(key);
        for (const mode of element.features.modes) {
            for (const side of ["source", "target"] as const) {
                const required = requiredPermissions(element, mode, options)[side];
                for (const role of new Set(required.map((one) => one.role.name))) {
                    it(`${key} ${JSON.stringify(options)}, ${mode}, ${side}: ${role}`, () =>
                        loseAndAssign(key, mode, options, side, role));
                }
            }
        }
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

    it("is not looked for with verifyPermissions: off", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {});
        world.azure.requests.clear();
        expect(await stage.verify({ verifyPermissions: "off" })).to.deep.equal({ problems: {}, notes: [] });
        expect(world.azure.requests.all()).to.deep.equal([]);
    });
});
