import { expect } from "chai";
import { failedWith, succeeded, textOf, type RecordedStack } from "./recorded-stack.js";
import { canary, readSecrets, type TestVault, type World } from "./world.js";

/** What a preview says of permissions, and that an update writes nothing without them where it must not. */
export function missingPermissions(world: () => World): void {
    describe("missing permissions", () => {
        let source: TestVault;
        let target: TestVault;
        let stack: RecordedStack;
        const command = (): string =>
            `az role assignment create --assignee-object-id ${world().azure.principals.staging.deployer.objectId} ` +
            `--assignee-principal-type ServicePrincipal --role "Key Vault Secrets Officer" --scope "${target.id}"`;
        const declare = (verifyPermissions?: string) =>
            stack.declare({
                app: {
                    type: "keyvault.Secrets",
                    source: source.id,
                    target: target.id,
                    mode: "replication",
                    accessTimeout: 0,
                    ...(verifyPermissions === undefined ? {} : { verifyPermissions }),
                },
            });

        before(async () => {
            source = world().vault("production", "permissions-source");
            target = world().vault("staging", "permissions-target");
            await source.secrets.setSecret("one", `${canary}-permissions`);
            stack = await world().stack("permissions");
            world().revoke(target.id);
        });
        after(() => stack[Symbol.asyncDispose]());

        it("are told by the preview, with the command that assigns the role", async () => {
            await declare();
            const preview = succeeded(await stack.preview());
            const text = textOf(preview);
            expect(text).to.match(/warning: .*secrets: the target's identity .* lacks permissions/);
            expect(text.split(command())).to.have.length(2);
            expect(text).to.include("Microsoft.KeyVault/vaults/secrets/setSecret/action");
            expect(preview.stdout).to.include("one");
        });

        it("are an error where they must be there, in the preview and before the update writes", async () => {
            await declare("error");
            failedWith(await stack.preview(), "'app'", "lacks permissions", command());
            world().azure.requests.clear();
            failedWith(
                await stack.up(),
                "the target is not ready for secrets, and nothing was written",
                command(),
            );
            expect(world().azure.requests.writes(target.host)).to.equal(0);
        });

        it("are no more once the role is assigned", async () => {
            world().grant("Key Vault Secrets Officer", target.id);
            expect(textOf(succeeded(await stack.preview()))).to.not.include("permissions at");
            succeeded(await stack.up());
            expect(await readSecrets(target)).to.deep.equal({ one: `${canary}-permissions` });
        });
    });
}
