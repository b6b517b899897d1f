import { Command } from "commander";
import { expect } from "chai";
import {
    addDeployOptions,
    credentialEnvironment,
    readDeploySettings,
    readSettings,
    secretFlags,
    type Flags,
} from "../../../cli/options.js";
import { CommandFailure } from "../../../cli/exit.js";

function parse(...args: string[]): { command: Command; flags: Flags } {
    const command = addDeployOptions(new Command("deploy"))
        .option("--dry-run")
        .option("--yes")
        .exitOverride();
    command.configureOutput({ writeErr: () => undefined }).parse(args, { from: "user" });
    return { command, flags: command.opts() };
}

function usage(work: () => unknown): string {
    try {
        work();
    } catch (error) {
        if (error instanceof CommandFailure && error.exitCode === 2) return error.message;
        throw error;
    }
    throw new Error("accepted");
}

describe("the flags of azure-dataplane", () => {
    it("name a scope for both sides, which a side's own flag or the environment changes", () => {
        const { flags } = parse(
            "--resource-group",
            "a,b",
            "--target-resource-group",
            "c",
            "--subscription",
            "s",
        );
        expect(readSettings(flags, { AZURE_SOURCE_RESOURCE_GROUP: "ignored" }).scopes).to.deep.equal({
            source: { subscription: "s", resourceGroups: ["a", "b"] },
            target: { subscription: "s", resourceGroups: ["c"] },
        });
        const { scopes } = readSettings(parse().flags, { AZURE_SOURCE_RESOURCE_GROUP: "x,y" });
        expect(scopes.source.resourceGroups).to.deep.equal(["x", "y"]);
    });

    it("become the credential variables of each side", () => {
        const { flags } = parse(
            ...[
                "--sp-client-id",
                "both",
                "--source-sp-client-id",
                "own",
                "--sp-client-secret",
                "s3cret-value",
            ],
            ...["--tenant-id", "t", "--target-sp-tenant-id", "u"],
        );
        expect(credentialEnvironment(flags)).to.deep.equal({
            AZURE_SOURCE_TENANT_ID: "t",
            AZURE_SOURCE_CLIENT_ID: "own",
            AZURE_SOURCE_CLIENT_SECRET: "s3cret-value",
            AZURE_TARGET_TENANT_ID: "u",
            AZURE_TARGET_CLIENT_ID: "both",
            AZURE_TARGET_CLIENT_SECRET: "s3cret-value",
        });
    });

    it("tell which secrets stand on the command line", () => {
        expect(secretFlags(parse("--target-sp-client-secret", "x").command)).to.deep.equal([
            "--target-sp-client-secret",
        ]);
        expect(secretFlags(parse().command)).to.deep.equal([]);
    });

    it("pair by mapping, tag and renaming", () => {
        const { flags } = parse(
            "--map",
            "a=b",
            "--map",
            "c=d",
            "--pair-tag",
            "copy-of",
            "--rename",
            "prod=staging",
        );
        expect(readSettings(flags, {}).pairing).to.deep.equal({
            mapping: { a: "b", c: "d" },
            tag: "copy-of",
            rename: { prod: "staging" },
        });
        for (const pair of ["a", "=b", "a=", "a=b=c"]) {
            expect(usage(() => readSettings(parse("--map", pair).flags, {}))).to.contain(`"${pair}"`);
        }
    });

    it("default to the structure alone, and to contents", () => {
        const settings = readDeploySettings(parse().flags, {});
        expect(settings).to.include({ mode: "template", replicates: true, dryRun: false, yes: false });
    });

    it("must not contradict each other", () => {
        const deploy = (...args: string[]) => usage(() => readDeploySettings(parse(...args).flags, {}));
        expect(deploy("--no-dataplane")).to.contain("--iac-dir");
        expect(deploy("--dry-run", "--yes")).to.contain("--dry-run");
        expect(
            usage(() => credentialEnvironment(parse("--tenant-id", "a", "--sp-tenant-id", "b").flags)),
        ).to.contain("two tenants");
        expect(usage(() => parse("--access-timeout", "soon"))).to.contain('"soon"');
    });
});
