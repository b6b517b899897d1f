import { expect } from "chai";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import type { Limits } from "../../../providers/core/contract.js";
import { certificateLimits, keyLimits, secretLimits } from "../../../providers/keyvault/limits.js";
import { chainElement, FakeService, FakeTiming, request } from "../../unit/core/support/fake-http.js";

const all = { secrets: secretLimits, keys: keyLimits, certificates: certificateLimits };

function kindsOf(limits: Limits, method: string, path: string): string[] {
    const url = new URL(`https://app.vault.azure.net${path}?api-version=7.6`);
    return limits.rates.filter((rate) => rate.applies(method, url)).map(({ name }) => name);
}

describe("Key Vault's limits", () => {
    it("count every request against one rate, the same for all element types", () => {
        const requests: [string, string, string][] = [
            ["PUT", "/secrets/a", "write"],
            ["PUT", "/keys/a", "write"],
            ["POST", "/certificates/a/import", "write"],
            ["POST", "/keys/a/create", "create key"],
            ["GET", "/keys/a/", "key"],
            ["GET", "/keys/a/versions", "key"],
            ["POST", "/keys/a/backup", "key"],
            ["PUT", "/keys/a/rotationpolicy", "key"],
            ["GET", "/keys", "read"],
            ["POST", "/keys/restore", "read"],
            ["GET", "/deletedkeys/a", "read"],
            ["GET", "/secrets", "read"],
            ["PATCH", "/secrets/a/v", "read"],
            ["POST", "/secrets/restore", "read"],
            ["POST", "/certificates/a/create", "read"],
            ["DELETE", "/certificates/a", "read"],
        ];
        for (const limits of Object.values(all)) {
            for (const [method, path, name] of requests) {
                expect(kindsOf(limits, method, path), `${method} ${path}`).to.deep.equal([name]);
            }
        }
    });

    it("are shared by the element types of a vault, but not by two vaults", async () => {
        const timing = new FakeTiming();
        const pacer = new Pacer();
        const clients = Object.values(all).map(
            (limits) =>
                createHttpClient({
                    side: "target",
                    element: chainElement({ limits }),
                    baseClient: new FakeService({ status: 200 }),
                    timing,
                    pacer,
                }).client,
        );
        const paths = ["PUT /secrets/a", "PUT /keys/a", "POST /certificates/a/import"];
        const writeAll = async (count: number, host: string): Promise<void> => {
            for (let index = 0; index < count; index += 1) {
                const [method, path] = (paths[index % 3] ?? "").split(" ");
                await clients[index % 3]?.sendRequest(
                    request(method === "POST" ? "POST" : "PUT", `https://${host}${String(path)}`),
                );
            }
        };
        await writeAll(300, "one.vault.azure.net");
        expect(timing.time).to.be.lessThan(10_000);
        await writeAll(1, "one.vault.azure.net");
        expect(timing.time).to.be.at.least(10_000);
        const before = timing.time;
        await writeAll(1, "two.vault.azure.net");
        expect(timing.time).to.equal(before);
    });

    it("count a key in hardware twice when it is made", () => {
        const rate = keyLimits.rates.find(({ name }) => name === "create key");
        const cost = (body: string | undefined) => rate?.cost?.(body);
        expect(cost('{"kty":"RSA-HSM","key_size":4096}')).to.equal(2);
        expect(cost('{ "kty" : "EC-HSM" }')).to.equal(2);
        expect(cost('{"kty":"RSA","tags":{"note":"not -HSM"}}')).to.equal(1);
        expect(cost(undefined)).to.equal(1);
    });
});
