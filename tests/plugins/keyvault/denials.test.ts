import { SecretClient } from "@azure/keyvault-secrets";
import { expect } from "chai";
import type { DataplaneError } from "../../../providers/core/errors.js";
import { VaultWorld, type Vault } from "./vault-world.js";

/** What a run, or the preview before it, says of the vault that refuses. */
async function refusal(run: Promise<{ failures: { error: DataplaneError }[] }>): Promise<DataplaneError> {
    const [failure] = await run.then(
        ({ failures }) => failures.map(({ error }) => error),
        (error: unknown) => [error as DataplaneError],
    );
    if (failure === undefined) throw new Error("nothing was refused");
    return failure;
}

describe("a vault that refuses", () => {
    let world: VaultWorld;
    let target: Vault;
    let numbers = 0;
    before(async () => {
        world = await VaultWorld.start();
        target = world.vault("staging", "refused-target", { roles: ["Key Vault Secrets Officer"] });
    });
    after(() => world.stop());

    const source = (properties: Readonly<Record<string, unknown>> = {}, roles: string[] = []): Vault =>
        world.vault("production", `refusing-${String((numbers += 1))}`, { properties, roles });
    const policies = { enableRbacAuthorization: false, accessPolicies: [] };

    it("for want of a role names the role, its scope and the command", async () => {
        const vault = source();
        const error = await refusal(world.replicate("secrets", vault, target));
        expect(error.code).to.equal("AccessDenied");
        expect(error.detail.serviceCode).to.equal("ForbiddenByRbac");
        expect(error.detail.remedy).to.include("az role assignment create").and.include(vault.id);
        expect(error.detail.remedy).to.include("Key Vault Secrets User");
    });

    it("for want of an access policy names the permissions and the command, and no role", async () => {
        const vault = source(policies);
        const error = await refusal(world.replicate("secrets", vault, target));
        expect(error.code).to.equal("AccessDenied");
        expect(error.detail.serviceCode).to.equal("AccessDenied");
        const name = vault.id.split("/").at(-1) ?? "";
        expect(error.detail.remedy).to.include(
            `az keyvault set-policy --name ${name} --object-id ${vault.replicator.objectId} --secret-permissions list get`,
        );
        expect(error.detail.remedy).not.to.include("role assignment");
    });

    it("by its firewall says that no role helps", async () => {
        for (const [closed, remedy] of [
            [{ networkAcls: { defaultAction: "Deny" } }, "A role does not help"],
            [{ publicNetworkAccess: "Disabled" }, "No role is missing: public network access"],
        ] as const) {
            const error = await refusal(
                world.replicate("secrets", source(closed, ["Key Vault Secrets User"]), target),
            );
            expect(error.code).to.equal("Firewall");
            expect(error.detail.serviceCode).to.match(/^ForbiddenBy(Firewall|Connection)$/);
            expect(error.detail.remedy).to.include(remedy);
            expect(error.detail.remedy).not.to.include("az ");
        }
    });

    it("works with access policies that are there, at both sides", async () => {
        const from = source(policies);
        const to = world.vault("staging", "policies-target", { properties: policies });
        grantPolicy(from, ["get", "list"]);
        grantPolicy(to, ["get", "list", "set", "recover", "delete"]);
        const admin = new SecretClient(from.url, from.admin);
        grantPolicy(from, ["all"], "administrator");
        await admin.setSecret("name", "value");
        const result = await world.replicate("secrets", from, to);
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ created: 1, fidelity: 1 });
    });

    /** Adds an access policy to a vault, as a deployment would. */
    function grantPolicy(vault: Vault, secrets: string[], who?: "administrator"): void {
        const record = world.azure.arm.get(vault.id);
        if (record === undefined) throw new Error(`${vault.id} is not there`);
        const principals = world.azure.entra.principals;
        const { objectId, tenantId } =
            who === undefined
                ? vault.replicator
                : (principals.find(({ displayName }) =>
                      displayName.endsWith(`administrator of ${record.name}`),
                  ) ?? vault.replicator);
        const existing = (record.properties.accessPolicies ?? []) as object[];
        record.properties.accessPolicies = [...existing, { tenantId, objectId, permissions: { secrets } }];
    }
});
