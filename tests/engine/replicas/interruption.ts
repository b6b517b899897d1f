import { expect } from "chai";
import { failedWith, succeeded, type RecordedStack } from "./recorded-stack.js";
import {
    canary,
    countVersions,
    readBlobs,
    readSecrets,
    type TestAccount,
    type TestVault,
    type World,
} from "./world.js";

const secretCount = 200;
const blobCount = 1_000;

/** 200 secrets and 1,000 blobs in one update, and the provider's process dies in the middle of it. */
export function interruption(world: () => World): void {
    describe("an update that is killed", () => {
        let stack: RecordedStack;
        let vaults: { source: TestVault; target: TestVault };
        let accounts: { source: TestAccount; target: TestAccount };

        before(async () => {
            vaults = {
                source: world().vault("production", "killed-source"),
                target: world().vault("staging", "killed-target"),
            };
            accounts = {
                source: world().account("production", "killedsource"),
                target: world().account("staging", "killedtarget"),
            };
            await inBatches(secretCount, (number) =>
                vaults.source.secrets.setSecret(`secret-${String(number)}`, `${canary}-${String(number)}`),
            );
            for (const { blobs } of [accounts.source, accounts.target]) await blobs.createContainer("many");
            const container = accounts.source.blobs.getContainerClient("many");
            await inBatches(blobCount, (number) => {
                const text = `blob number ${String(number)}`;
                return container.getBlockBlobClient(`blob-${String(number)}.txt`).upload(text, text.length);
            });
            stack = await world().stack("killed");
            await stack.declare({
                secrets: {
                    type: "keyvault.Secrets",
                    source: vaults.source.id,
                    target: vaults.target.id,
                    mode: "replication",
                },
                blobs: {
                    type: "storage.Blobs",
                    source: accounts.source.id,
                    target: accounts.target.id,
                    mode: "replication",
                },
            });
        });
        after(() => stack[Symbol.asyncDispose]());

        it("fails, with part of the copies made", async () => {
            const { requests } = world().azure;
            requests.clear();
            let killed = 0;
            const up = await stack.up({
                onLine: (_line, command) => {
                    const written = [vaults.target.host, accounts.target.host].map((host) =>
                        requests.writes(host),
                    );
                    if (killed === 0 && Math.min(...written) > 20) killed = command.killProvider();
                },
            });
            expect(killed, "provider processes killed").to.be.above(0);
            failedWith(up);
            const { length } = Object.keys(await readSecrets(vaults.target));
            expect(length).to.be.above(0).and.below(secretCount);
        });

        it("ends the same when it is run again: nothing lost, nothing doubled, no conflict", async () => {
            const { requests } = world().azure;
            requests.clear();
            const missing = secretCount - Object.keys(await readSecrets(vaults.target)).length;
            succeeded(await stack.up());
            expect(requests.writes(vaults.target.host), "only what was missing").to.equal(missing);
            expect(await readSecrets(vaults.target)).to.deep.equal(await readSecrets(vaults.source));
            const versions = Object.values(await countVersions(vaults.target));
            expect(versions.filter((count) => count !== 1)).to.deep.equal([]);
            expect(await readBlobs(accounts.target)).to.deep.equal(await readBlobs(accounts.source));
            const [secrets, blobs] = [await stack.outputs("secrets"), await stack.outputs("blobs")];
            expect(secrets.summary).to.include({
                created: missing,
                same: secretCount - missing,
                conflicts: 0,
            });
            expect(blobs.summary).to.include({ conflicts: 0, failed: 0 });
            expect(requests.writes(vaults.source.host) + requests.writes(accounts.source.host)).to.equal(0);
        });
    });
}

async function inBatches(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
    for (let start = 0; start < count; start += 25) {
        await Promise.all(
            Array.from({ length: Math.min(25, count - start) }, (_, index) => work(start + index)),
        );
    }
}
