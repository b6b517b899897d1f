import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { run } from "../../../cli/main.js";
import type { World } from "../replicas/world.js";

/** What the command answers to what it can't do; in this process, as none of it comes to the engine. */
export function badInput(world: () => World, folder: () => string): void {
    describe("bad input", () => {
        const kept: NodeJS.ProcessEnv = {};
        const names = () => Object.keys(process.env).filter((name) => /^(AZURE|ARM)_/.test(name));
        const forget = () => {
            for (const name of names()) Reflect.deleteProperty(process.env, name);
        };

        /** Flags become variables, which must not stay for the next call. */
        const signIn = () => {
            forget();
            const own = Object.entries(world().environment()).filter(([name]) => /^(AZURE|ARM)_/.test(name));
            Object.assign(process.env, Object.fromEntries(own));
        };

        before(() => {
            for (const name of names()) kept[name] = process.env[name];
        });
        after(() => {
            forget();
            Object.assign(process.env, kept);
        });

        const call = async (...args: string[]): Promise<{ code: number; printed: string }> => {
            signIn();
            let printed = "";
            const write = (text: string) => {
                printed += text;
            };
            const terminal = { out: write, err: write, isTerminal: false, signalsChildren: false };
            const code = await run(["node", "azure-dataplane", ...args], terminal);
            for (const secret of world().passwords) expect(printed).to.not.contain(secret);
            return { code, printed };
        };
        const scope = (group = "engine") => {
            const { production, staging } = world().azure.tenants;
            const [source, target] = [production.subscription.id, staging.subscription.id];
            return [
                "--source-subscription",
                source,
                "--target-subscription",
                target,
                "--resource-group",
                group,
            ];
        };

        it("is told with the usage where flags are unknown, missing or contradict each other", async () => {
            const wrong: [string[], RegExp][] = [
                [["deploy", "--target-tennant-id", "x"], /unknown option '--target-tennant-id'/],
                [["deploy", "--dataplane-mode", "all"], /template, replication/],
                [["deploy", "--no-dataplane"], /--iac-dir/],
                [["deploy", "--dry-run", "--yes"], /--dry-run and --yes contradict/],
                [["deploy", ...scope()], /no terminal to ask on: give --yes to deploy, or --dry-run/],
                [["generate", ...scope()], /--out/],
                [["replicate"], /unknown command 'replicate'/],
                [[], /name a subcommand/],
            ];
            for (const [args, message] of wrong) {
                const { code, printed } = await call(...args);
                expect(printed, args.join(" ")).to.match(message);
                expect(code, printed).to.equal(2);
                expect(printed).to.contain("Usage: azure-dataplane");
            }
        });

        it("is told in one sentence that says what to do", async () => {
            const empty = join(folder(), "empty");
            await mkdir(empty, { recursive: true });
            const { production, staging } = world().azure.tenants;
            world().azure.arm.put(`/subscriptions/${production.subscription.id}/resourceGroups/nothing`);
            const foreign = ["--source-subscription", staging.subscription.id, "--resource-group", "engine"];
            const wrong: [string[], RegExp][] = [
                [["deploy", "--yes", "--iac-dir", "nowhere"], /There is no folder nowhere: give --iac-dir/],
                [["deploy", "--yes", "--iac-dir", empty], /holds no Pulumi program .*pulumi new/],
                [
                    ["discover", ...scope("none")],
                    /no resource group "none" in subscription .*Check the source/,
                ],
                [["discover", ...scope("nothing")], /nothing to replicate in resource group "nothing"/],
                [
                    ["discover", ...foreign],
                    /in another tenant than the credential .*Give the source a credential/,
                ],
                [
                    ["discover", ...scope(), "--source-tenant-id", staging.id],
                    /application is not known in this tenant/,
                ],
                [
                    ["discover", "--source-subscription", "Production"],
                    /not a GUID. Give the subscription's ID/,
                ],
                [["discover", ...scope(), "--contents", "secret"], /no element type "secret".*Known are/],
                [
                    ["deploy", "--yes", ...scope(), "--include", "lonely"],
                    /counterpart at the target: .*--map/,
                ],
                [
                    ["deploy", "--yes", ...scope(), "--map", "lonely=none"],
                    /mapping names "none".*Check its name/,
                ],
            ];
            for (const [args, message] of wrong) {
                const { code, printed } = await call(...args);
                expect(printed, args.join(" ")).to.match(message);
                expect(code, printed).to.equal(1);
                expect(printed).to.not.match(/\n\s+at /);
            }
        });

        it("is warned of where a secret stands on the command line", async () => {
            const { printed } = await call(
                "discover",
                ...scope("none"),
                "--source-sp-client-secret",
                "canary-on-the-line",
            );
            expect(printed)
                .to.match(/warning: --source-sp-client-secret shows the secret/)
                .and.not.contain("canary-on-the-line");
        });
    });
}
