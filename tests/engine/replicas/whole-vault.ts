import { expect } from "chai";
import { resourceChanges } from "../../../engine-support/index.js";
import { makeCertificate, type Material } from "../../emulator-services/certificates-material.js";
import { succeeded, textOf, type RecordedStack } from "./recorded-stack.js";
import { canary, countVersions, filesWith, readSecrets, type TestVault, type World } from "./world.js";

const connection = (host: string): string => `${canary};Server=${host};Database=app`;

/** A vault with secrets, keys and certificates in one resource, from tenant to tenant. */
export function wholeVault(world: () => World): void {
    describe("a whole vault", () => {
        let source: TestVault;
        let target: TestVault;
        let stack: RecordedStack;
        let material: Material;

        const declare = (change: object = {}) =>
            stack.declare({
                app: {
                    type: "KeyVaultReplica",
                    source: source.id,
                    target: target.id,
                    mode: "replication",
                    include: ["connection", "plain", "signing", "web", "nothing-*"],
                    versions: "all",
                    onUnexportable: "recreate",
                    rewrite: { "prod.database.windows.net": "staging.database.windows.net" },
                    accessTimeout: 1,
                    ...change,
                },
            });

        before(async () => {
            source = world().vault("production", "whole-source");
            target = world().vault("staging", "whole-target");
            for (const host of ["old.database.windows.net", "prod.database.windows.net"]) {
                await source.secrets.setSecret("connection", connection(host));
                world().tick();
            }
            await source.secrets.setSecret("plain", `${canary}-plain`);
            await source.keys.createKey("signing", "EC", { curve: "P-256", tags: { team: "core" } });
            material = await makeCertificate({ kind: "ec", format: "pem", chain: true });
            const { file, contentType } = material;
            await source.certificates.importCertificate("web", file, {
                policy: { contentType },
                // The client drops its options `policy`; its generated layer takes this.
                ...{ certificatePolicy: { secretProperties: { contentType } } },
            });
            stack = await world().stack("whole");
            await declare();
        });
        after(() => stack[Symbol.asyncDispose]());
        beforeEach(() => {
            world().azure.requests.clear();
        });

        it("previews every sort of contents", async () => {
            const preview = succeeded(await stack.preview());
            const text = textOf(preview);
            expect(text)
                .to.match(/would create 2/)
                .and.match(/would create 1/);
            for (const name of ["connection", "plain", "signing", "web"]) expect(text).to.include(name);
            expect(text)
                .to.include('"nothing-*" matches nothing')
                .and.not.match(/"(plain|web)" matches nothing/);
            expect(world().azure.requests.writes(target.host)).to.equal(0);
        });

        it("arrives, with older versions, rewritten, and says what became of the key", async () => {
            const up = succeeded(await stack.up());
            expect(await readSecrets(target)).to.include({
                connection: connection("staging.database.windows.net"),
                plain: `${canary}-plain`,
            });
            expect(await countVersions(target)).to.include({ connection: 2, plain: 1 });
            const copied = await target.certificates.getCertificate("web");
            expect(Buffer.from(copied.cer ?? []).equals(material.chain[0] ?? Buffer.alloc(0))).to.equal(true);
            const key = await target.keys.getKey("signing");
            expect(key.keyType).to.equal("EC");
            expect(textOf(up))
                .to.include("rewritten: connection")
                .and.match(/signing: key material not carried over/);
            const { rewritten, losses } = await stack.outputs("app-secrets");
            expect(rewritten).to.deep.equal(["connection"]);
            expect(losses.every(({ item }) => item === "connection")).to.equal(true);
            expect((await stack.outputs("app-certificates")).summary).to.include({ created: 1, fidelity: 1 });
            expect((await stack.outputs("app-keys")).summary).to.include({ created: 1, fidelity: 0 });
            expect(world().azure.requests.writes(source.host), "writes at the source").to.equal(0);
        });

        it("has nothing to do the second time", async () => {
            const up = succeeded(await stack.up());
            expect(Object.keys(resourceChanges(up.events))).to.deep.equal(["same"]);
            expect(world().azure.requests.writes(target.host)).to.equal(0);
        });

        it("is rewritten anew when the replacement changes, and only what it touches", async () => {
            world().tick();
            await declare({ rewrite: { "prod.database.windows.net": "test.database.windows.net" } });
            succeeded(await stack.up());
            expect((await readSecrets(target))["connection"]).to.equal(
                connection("test.database.windows.net"),
            );
            expect(world().azure.requests.writes(target.host)).to.equal(1);
            await declare({ rewrite: {} });
            world().tick();
            succeeded(await stack.up());
            expect((await readSecrets(target))["connection"]).to.equal(
                connection("prod.database.windows.net"),
            );
            expect((await stack.outputs("app-secrets"))["rewritten"]).to.deep.equal([]);
        });

        it("leaves neither value nor private key anywhere", async () => {
            const key = material.file.toString().split("\n").slice(1, 3);
            const base64 = material.key.toString("base64").slice(8, 60);
            const sought = [canary, ...key, base64];
            for (const text of stack.printed) {
                for (const needle of sought) expect(text.includes(needle), "printed").to.equal(false);
            }
            expect(await filesWith(stack.stack.folder, sought)).to.deep.equal([]);
        });
    });
}
