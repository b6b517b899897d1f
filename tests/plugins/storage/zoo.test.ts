import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import { Accounts } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";
import { fillZoo, readZoo, zooContainers, zooScope } from "./zoo.js";

/** A service that won't move data itself. */
function withoutCopies(client: HttpClient): HttpClient {
    return {
        sendRequest: (request) =>
            request.headers.has("x-ms-copy-source")
                ? Promise.resolve({
                      request,
                      status: 501,
                      headers: createHttpHeaders({ "x-ms-error-code": "NotImplemented" }),
                      bodyAsText: "",
                  })
                : client.sendRequest(request),
    };
}

describe("a zoo of blobs of every kind and with every property", () => {
    let accounts: Accounts;
    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());

    for (const [way, blobs, wrap] of [
        ["by the service itself", 300, undefined],
        ["through this process", 150, withoutCopies],
    ] as const) {
        it(`arrives ${way} without any difference, and is left alone by the next run`, async () => {
            const pair = accounts.pair();
            for (const side of ["source", "target"] as const) {
                pair.arm(side, `encryptionScopes/${zooScope}`, { state: "Enabled" });
                for (const name of zooContainers) {
                    await pair.service(side).createContainer(name);
                    pair.arm(side, `blobServices/default/containers/${name}`, {
                        immutableStorageWithVersioning: { enabled: true },
                    });
                }
            }
            await fillZoo(pair.service("source"), blobs);
            const world = new StorageWorld(
                pair,
                "blobs",
                { snapshots: true, tags: true },
                wrap,
                undefined,
                true,
            );
            const result = await world.run();
            expect(result.failures.map(({ item, error }) => `${item}: ${error.message}`)).to.deep.equal([]);
            expect(result.losses).to.deep.equal([]);
            expect(result.summary).to.include({ created: blobs, fidelity: 1 });

            const [source, target] = [
                await readZoo(pair.service("source")),
                await readZoo(pair.service("target")),
            ];
            expect([...target.keys()]).to.deep.equal([...source.keys()]);
            for (const [name, wanted] of source) {
                // What went through this process has an MD5 even where the source has none.
                const found = {
                    ...target.get(name),
                    ...(wanted.md5 === undefined ? { md5: undefined } : {}),
                };
                expect(found, name).to.deep.equal(wanted);
            }

            accounts.cast.azure.requests.clear();
            expect((await world.run()).summary).to.include({ same: blobs, fidelity: 1 });
            expect(accounts.cast.azure.requests.writes(pair.host("target"))).to.equal(0);
        });
    }
});
