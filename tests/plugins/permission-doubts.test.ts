import { expect } from "chai";
import type { DataplaneError } from "../../providers/core/errors.js";
import type { OpenedStore } from "../../providers/core/open.js";
import { argumentsOf } from "../../providers/core/pulumi/arguments.js";
import { openSide } from "../../providers/core/pulumi/session.js";
import { ensureAccess } from "../../providers/core/pulumi/verify-access.js";
import { findElement } from "../../providers/core/registry.js";
import { quickTiming } from "../conformance/quick-timing.js";
import { commandsIn, PermissionWorld, type Stage } from "./permission-world.js";

const both = { equipped: ["source", "target"] } as const;
const vaultName = (id: string): string => id.split("/").at(-1) ?? "";

describe("what ARM does not tell of permissions", () => {
    let world: PermissionWorld;
    before(async () => {
        world = await PermissionWorld.start();
    });
    after(() => world.stop());

    const urls = ({ references }: Stage) => ({
        source: `https://${vaultName(references.source)}.vault.azure.net`,
        target: `https://${vaultName(references.target)}.vault.azure.net`,
    });

    it("with data roles alone, the listing of the source decides, and the target can't be told", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { ...both, reader: false });
        const { problems, notes } = await stage.verify(urls(stage));
        expect(problems).to.deep.equal({});
        expect(notes).to.have.length(1);
        expect(notes[0]).to.match(/^can't tell whether the target's identity may .*ARM could not be asked/);
    });

    it("with no role at all, the refused listing names all that is needed", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { reader: false });
        world.azure.requests.clear();
        const { problems } = await stage.verify(urls(stage));
        for (const [side, role] of [
            ["source", "Key Vault Secrets User"],
            ["target", "Key Vault Secrets Officer"],
        ] as const) {
            expect(problems[side]).to.include(
                `--assignee-object-id ${stage.who[side].objectId} --assignee-principal-type ServicePrincipal`,
            );
            expect(problems[side]).to.include(
                `--role "${role}" --scope "<ARM resource ID of ${urls(stage)[side]}`,
            );
        }
        expect(world.azure.requests.writes(/vault/)).to.equal(0);
    });

    it("an assignment with a condition can't be told, until one without it is there", async () => {
        const stage = world.stage("storage/blobs", "replication", {}, { equipped: ["target"] });
        const { source } = stage.references;
        world.grant(
            stage.who.source,
            "Storage Blob Data Reader",
            source,
            "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'docs'",
        );
        const doubtful = await stage.verify({ verifyPermissions: "error" });
        expect(doubtful.problems).to.deep.equal({});
        expect(doubtful.notes.join()).to.match(/can't tell whether the source's identity .*has a condition/);
        expect(doubtful.notes.join()).to.include(source);
        const group = source.split("/providers/")[0] ?? "";
        world.grant(stage.who.source, "Storage Blob Data Reader", group);
        expect(await stage.verify()).to.deep.equal({ problems: {}, notes: [] });
    });

    it("an assignment for one container can't be told", async () => {
        const stage = world.stage("storage/blobs", "replication", {}, { equipped: ["target"] });
        const container = `${stage.references.source}/blobServices/default/containers/docs`;
        world.grant(stage.who.source, "Storage Blob Data Reader", container);
        const { problems, notes } = await stage.verify();
        expect(problems).to.deep.equal({});
        expect(notes.join()).to.include(container).and.to.include("for a part of it only");
    });

    it("a role of the subscription counts", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { equipped: ["target"] });
        const subscription = stage.references.source.split("/").slice(0, 3).join("/");
        world.grant(stage.who.source, "Key Vault Secrets User", subscription);
        expect(await stage.verify()).to.deep.equal({ problems: {}, notes: [] });
    });

    it("a deny assignment is named, and no command is printed that would not help", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, both);
        const denial = world.azure.roles.denials.add({
            displayName: "Stack locks its vault",
            scope: stage.references.target.split("/providers/")[0] ?? "",
            permissions: { dataActions: ["Microsoft.KeyVault/vaults/secrets/*/action"] },
            principals: [stage.who.target.objectId],
        });
        try {
            const { problems } = await stage.verify();
            expect(Object.keys(problems)).to.deep.equal(["target"]);
            expect(problems.target).to.include(`the deny assignment "Stack locks its vault" takes it`);
            expect(problems.target).to.include("Microsoft.KeyVault/vaults/secrets/setSecret/action");
            expect(commandsIn(problems.target)).to.deep.equal([]);
        } finally {
            world.azure.roles.denials.remove(denial);
        }
        expect(await stage.verify()).to.deep.equal({ problems: {}, notes: [] });
    });

    it("a vault with access policies prints what to set, with what is granted already", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { equipped: ["source"] });
        const { target } = stage.references;
        const { objectId } = stage.who.target;
        const setPolicies = (permissions: string[]) => {
            const { tenantId } = stage.who.target;
            world.azure.arm.put(target, {
                location: "westeurope",
                properties: {
                    tenantId,
                    sku: { family: "A", name: "standard" },
                    enableRbacAuthorization: false,
                    accessPolicies: [{ tenantId, objectId, permissions: { secrets: permissions } }],
                },
            });
        };
        setPolicies(["get", "backup"]);
        const { problems } = await stage.verify();
        const command =
            /^az keyvault set-policy --name (\S+) --object-id (\S+) --secret-permissions (.+)$/m.exec(
                problems.target ?? "",
            );
        expect(command?.slice(1, 3)).to.deep.equal([vaultName(target), objectId]);
        expect(problems.target).to.include("secrets: list, set, recover, delete");
        expect(problems.target).to.not.include("az role assignment");
        const wanted = command?.[3]?.split(" ") ?? [];
        expect(wanted).to.have.members(["get", "backup", "list", "set", "recover", "delete"]);
        setPolicies(wanted);
        expect(await stage.verify()).to.deep.equal({ problems: {}, notes: [] });
    });
});

describe("permissions before an update writes", () => {
    let world: PermissionWorld;
    before(async () => {
        world = await PermissionWorld.start();
    });
    after(() => world.stop());

    const entry = findElement("keyvault/secrets");

    async function update(stage: Stage, verifyPermissions: string, onSleep?: () => void) {
        const parsed = argumentsOf({
            ...stage.references,
            mode: "replication",
            accessTimeout: 60,
            verifyPermissions,
        });
        const { signal } = new AbortController();
        const open = (side: "source" | "target"): Promise<OpenedStore> =>
            openSide(entry, side, parsed, stage.settings, signal);
        const [source, target] = await Promise.all([open("source"), open("target")]);
        const lines: string[] = [];
        const log = {
            progress: (message: string) => lines.push(`progress: ${message}`),
            lasting: (message: string, severity = "info") => {
                lines.push(`${severity}: ${message}`);
                return Promise.resolve();
            },
        };
        const timing = quickTiming(onSleep);
        const done = ensureAccess({ entry, parsed, source, target, log, signal, timing: timing.replication });
        const error = await done.then(
            () => undefined,
            (reason: unknown) => reason as DataplaneError,
        );
        return { error, lines, slept: timing.slept() };
    }

    it("error: a target that is not ready stops it after accessTimeout, with the command", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { equipped: ["source"] });
        const { error, slept, lines } = await update(stage, "error");
        expect(error?.code).to.equal("AccessDenied");
        expect(error?.message).to.include("nothing was written");
        expect(commandsIn(error?.detail.remedy)[0]?.role).to.equal("Key Vault Secrets Officer");
        expect(slept).to.be.within(55_000, 65_000);
        expect(lines[0]).to.include("waiting for role Key Vault Secrets Officer");
    });

    it("error: a role that is assigned meanwhile lets it go on", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { equipped: ["source"] });
        const { target } = stage.references;
        const { error } = await update(stage, "error", () => {
            world.grant(stage.who.target, "Key Vault Secrets Officer", target);
        });
        expect(error).to.equal(undefined);
    });

    it("error: a source that is not ready stops it at once", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { equipped: ["target"] });
        const { error, slept } = await update(stage, "error");
        expect(commandsIn(error?.detail.remedy)[0]?.role).to.equal("Key Vault Secrets User");
        expect(error?.detail.side).to.equal("source");
        expect(slept).to.equal(0);
    });

    it("warn and off: ask nothing, as the preview has told and replication waits", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {});
        for (const verifyPermissions of ["warn", "off"]) {
            const { error, lines, slept } = await update(stage, verifyPermissions);
            expect({ error, lines, slept }).to.deep.equal({ error: undefined, lines: [], slept: 0 });
        }
    });
});
