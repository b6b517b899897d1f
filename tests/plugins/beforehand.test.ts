import { SecretClient } from "@azure/keyvault-secrets";
import { ClientSecretCredential } from "@azure/identity";
import { expect } from "chai";
import { estimateReplica, verifyReplica, type ReplicaQuestion } from "../../providers/core/beforehand.js";
import { warnAboveKey } from "../../providers/core/estimate/thresholds.js";
import { isDataplaneError } from "../../providers/core/errors.js";
import { PermissionWorld, type Stage } from "./permission-world.js";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("a replica beforehand, without Pulumi", () => {
    let world: PermissionWorld;
    before(async () => {
        world = await PermissionWorld.start();
    });
    after(() => world.stop());

    const both = { equipped: ["source", "target"] } as const;
    const ask = ({ references, settings }: Stage, change: Record<string, unknown> = {}): ReplicaQuestion => ({
        element: "keyvault/secrets",
        arguments: { ...references, mode: "replication", ...change },
        settings,
    });

    it("has permissions and a network, as plain data", async () => {
        const reports = await verifyReplica(ask(world.stage("keyvault/secrets", "replication", {}, both)));
        expect(reports.map(({ side, standing, network }) => ({ side, standing, network }))).to.deep.equal([
            { side: "source", standing: "granted", network: { reach: "reached" } },
            { side: "target", standing: "granted", network: { reach: "reached" } },
        ]);
        expect(plain(reports)).to.deep.equal(reports);
    });

    it("lacks a role: what for, which, and the command", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, { equipped: ["source"] });
        const [, target] = await verifyReplica(ask(stage));
        expect(target).to.include({ standing: "missing", resource: stage.references.target });
        expect(target?.network).to.deep.equal({ reach: "reached" });
        expect(target?.needs[0]).to.include({ role: "Key Vault Secrets Officer", standing: "missing" });
        expect(target?.commands).to.deep.equal([
            `az role assignment create --assignee-object-id ${stage.who.target.objectId} ` +
                `--assignee-principal-type ServicePrincipal --role "Key Vault Secrets Officer" --scope "${stage.references.target}"`,
        ]);
    });

    for (const [reach, properties, words] of [
        [
            "closed",
            { publicNetworkAccess: "Disabled" },
            /No role is missing: public network access .* is disabled/,
        ],
        ["blocked", { networkAcls: { defaultAction: "Deny", bypass: "None" } }, /A role does not help/],
    ] as const) {
        it(`has all roles where the target is ${reach} to this machine`, async () => {
            const stage = world.stage("keyvault/secrets", "replication", {}, both);
            world.azure.arm.put(stage.references.target, {
                location: "westeurope",
                properties: {
                    tenantId: stage.who.target.tenantId,
                    sku: { family: "A", name: "standard" },
                    enableRbacAuthorization: true,
                    ...properties,
                },
            });
            const [, target] = await verifyReplica(ask(stage));
            expect(target).to.include({ standing: "granted" });
            expect(target?.commands).to.deep.equal([]);
            expect(target?.network?.reach).to.equal(reach);
            expect(target?.network?.reason).to.match(words);
            const estimate = await estimateReplica(ask(stage));
            expect(estimate?.warnings.join()).to.match(words);
        });
    }

    it("takes so long, so many requests and so much money, on that path", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, both);
        const { tenantId, clientId, secrets } = stage.who.source;
        world.grant(stage.who.source, "Key Vault Secrets Officer", stage.references.source);
        const name = stage.references.source.split("/").at(-1) ?? "";
        const client = new SecretClient(
            `https://${name}.vault.azure.net`,
            new ClientSecretCredential(tenantId, clientId, secrets[0]?.value ?? ""),
        );
        await Promise.all(["a", "b", "c"].map((one) => client.setSecret(one, "value")));
        const found = await estimateReplica(ask(stage));
        expect(found).to.deep.include({
            element: "keyvault/secrets",
            create: 3,
            update: 0,
            serverSide: false,
            paths: { streamed: 3 },
            places: { source: "westeurope", target: "westeurope" },
            warnings: [],
        });
        // Three for each, the listing of the source, and that of the target in the end.
        expect(found?.requests).to.equal(11);
        expect(found?.money?.amount).to.be.closeTo((11 * 0.03) / 10_000, 1e-9);
        expect(found?.line).to.equal(
            "would create 3, update 0, leave 0 (11 requests, about 1 s, under 0.01 USD)",
        );
        expect(plain(found)).to.deep.equal(found);
        const settings = {
            get: (key: string) => (key === warnAboveKey ? '{"requests": 10}' : stage.settings.get(key)),
        };
        expect((await estimateReplica({ ...ask(stage), settings }))?.warnings).to.deep.equal([
            `the copy is estimated at 11 requests, which is above 10 requests (${warnAboveKey})`,
        ]);
    });

    it("is refused for arguments that are none, before anything is asked", async () => {
        const stage = world.stage("keyvault/secrets", "replication", {}, both);
        world.azure.requests.clear();
        for (const forecast of [verifyReplica, estimateReplica]) {
            const error: unknown = await forecast(ask(stage, { mode: "copy" })).catch(
                (reason: unknown) => reason,
            );
            expect(isDataplaneError(error, "InvalidArgument") && error.detail.argument).to.equal("mode");
        }
        expect(world.azure.requests.all()).to.deep.equal([]);
    });
});
