import { expect } from "chai";
import { failedWith, succeeded, textOf, type RecordedStack } from "./recorded-stack.js";
import { canary, type TestAccount, type TestVault, type World } from "./world.js";

/** Each is told with the resource, the argument and what to do, before anything is written. */
export function badInput(world: () => World): void {
    describe("bad input", () => {
        let source: TestVault;
        let target: TestVault;
        let account: TestAccount;
        let stack: RecordedStack;

        const declare = (change: object = {}) =>
            stack.declare({
                app: {
                    type: "keyvault.Secrets",
                    source: source.id,
                    target: target.id,
                    mode: "replication",
                    accessTimeout: 0,
                    ...change,
                },
            });

        before(async () => {
            source = world().vault("production", "input-source");
            target = world().vault("staging", "input-target");
            account = world().account("production", "inputaccount");
            await source.secrets.setSecret("one", `${canary}-input`);
            stack = await world().stack("input");
        });
        after(() => stack[Symbol.asyncDispose]());
        beforeEach(() => {
            world().azure.requests.clear();
        });
        afterEach(() => {
            expect(world().azure.requests.writes(target.host), "writes at the target").to.equal(0);
            expect(world().azure.requests.writes(source.host), "writes at the source").to.equal(0);
        });

        const refused: readonly { title: string; change: () => object; texts: (string | RegExp)[] }[] = [
            {
                title: "a malformed resource ID",
                change: () => ({ source: "prod-app" }),
                texts: ["'app'", "source", "prod-app", "Give an ARM resource ID or a data-plane URL"],
            },
            {
                title: "a source that is the target",
                change: () => ({
                    target: source.id.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions"),
                }),
                texts: ["'app'", "target", "same resource", "give another target"],
            },
            {
                title: "a source of another type",
                change: () => ({ source: account.id }),
                texts: [
                    "'app'",
                    "source",
                    "Microsoft.Storage/storageAccounts",
                    "needs Microsoft.KeyVault/vaults",
                ],
            },
            {
                title: "an unknown mode",
                change: () => ({ mode: "copy" }),
                texts: ["'app'", "mode", `"template" or "replication"`],
            },
            {
                title: "a name that is invalid at the target",
                change: () => ({ rename: { one: "not_valid" } }),
                texts: ["'app'", "rename", "not_valid", "letters of ASCII, digits and hyphens"],
            },
            {
                title: "a source that does not exist",
                change: () => ({ source: `${source.id}-gone` }),
                texts: [
                    "'app'",
                    "There is no Microsoft.KeyVault/vaults",
                    "input-source-gone",
                    "Check the resource ID",
                ],
            },
        ];
        for (const { title, change, texts } of refused) {
            it(`${title} is refused in the preview`, async () => {
                await declare(change());
                const preview = failedWith(await stack.preview(), ...texts);
                expect(textOf(preview)).to.not.match(/\n\s+at .*:\d+:\d+/);
            });
        }

        it("a pattern that matches nothing is a warning", async () => {
            await declare({ include: ["zzz-*"] });
            const preview = succeeded(await stack.preview());
            expect(textOf(preview)).to.match(/warning: .*include: "zzz-\*" matches nothing in input-source/);
        });

        it("a wrong secret is refused, and not shown", async () => {
            await declare();
            const environment = { AZURE_SOURCE_CLIENT_SECRET: "wrong-secret-of-the-test" };
            const preview = failedWith(
                await stack.preview({ environment }),
                "client secret is wrong",
                "'app'",
            );
            expect(textOf(preview)).to.not.include("wrong-secret-of-the-test");
        });

        it("a wrong tenant is refused, at the target too", async () => {
            const environment = { AZURE_TARGET_TENANT_ID: "99999999-0000-4000-8000-000000000001" };
            failedWith(
                await stack.preview({ environment }),
                "tenant is not known",
                "Check the tenant ID",
                "'app'",
            );
        });

        it("no access to the source: a preview warns, and an update says what to assign", async () => {
            const { azure } = world();
            const listing = ["Key Vault Reader", "Key Vault Secrets User"];
            const roles = azure.roles
                .assignments()
                .filter(
                    ({ principalId, roleId }) =>
                        principalId === azure.principals.production.reader.objectId &&
                        listing.includes(azure.roles.definition(roleId)?.name ?? ""),
                );
            for (const role of roles) azure.roles.remove(role);
            try {
                const preview = succeeded(await stack.preview());
                expect(textOf(preview)).to.match(/warning: .*items are not known.*Key Vault Secrets User/s);
                expect(preview.stdout).to.match(/items\s*: (output<string>|\[unknown\]|<unknown>)/);
                failedWith(
                    await stack.up(),
                    "Key Vault Secrets User",
                    "az role assignment create",
                    source.id,
                );
            } finally {
                for (const role of roles) {
                    azure.roles.assign({
                        principalId: role.principalId,
                        role: role.roleId,
                        scope: role.scope,
                        effectiveAfterMilliseconds: 0,
                    });
                }
            }
        });

        it("a target behind a firewall: a preview warns, and an update says so", async () => {
            const closed = world().vault("staging", "input-closed", { publicNetworkAccess: "Disabled" });
            await declare({ target: closed.id });
            const preview = succeeded(await stack.preview());
            expect(textOf(preview)).to.match(/warning: .*firewall/);
            expect(preview.stdout).to.include("one");
            failedWith(await stack.up(), "firewall", closed.id);
        });
    });
}
