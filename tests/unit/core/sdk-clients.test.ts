import { SecretClient } from "@azure/keyvault-secrets";
import { BlobServiceClient } from "@azure/storage-blob";
import { expect } from "chai";
import {
    clientOptions,
    createHttpClient,
    storageClientOptions,
    type HttpClientOptions,
} from "../../../providers/core/http/client.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { toDataplaneError } from "../../../providers/core/http-errors.js";
import { chainElement, FakeService, FakeTiming, type FakeAnswer } from "./support/fake-http.js";

const credential = { getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: 9e15 }) };

function chain(answers: FakeAnswer[], options: Partial<HttpClientOptions> = {}) {
    const service = new FakeService(...answers);
    const { client: httpClient, meter } = createHttpClient({
        side: "source",
        element: chainElement(),
        baseClient: service,
        timing: new FakeTiming(),
        pacer: new Pacer(),
        ...options,
    });
    return { service, httpClient, meter };
}

async function failure(work: Promise<unknown>): Promise<unknown> {
    return work.then(
        () => undefined,
        (error: unknown) => error,
    );
}

describe("Azure's SDK clients on the one HTTP client", () => {
    const challenge: FakeAnswer = {
        status: 401,
        headers: {
            "www-authenticate":
                'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"',
        },
    };
    const page: FakeAnswer = {
        status: 200,
        body: "<EnumerationResults><Containers><Container><Name>one</Name></Container></Containers></EnumerationResults>",
        headers: { "content-type": "application/xml" },
    };

    it("read a vault, with the chain's retries and none of their own", async () => {
        const listing: FakeAnswer = {
            status: 200,
            body: { value: [{ id: "https://app.vault.azure.net/secrets/one" }] },
            headers: { "content-type": "application/json" },
        };
        const good = chain([challenge, { status: 503 }, listing]);
        const vault = new SecretClient("https://app.vault.azure.net", credential, clientOptions(good));
        const names: string[] = [];
        for await (const { name } of vault.listPropertiesOfSecrets()) names.push(name);
        expect(names).to.deep.equal(["one"]);
        expect(good.meter.total).to.deep.equal({ requests: 3, retries: 1, throttled: 0 });

        for (const body of ["", "<html>Bad Gateway</html>"]) {
            const bad = chain([challenge, { status: 502, body }], { retry: { attempts: 2 } });
            const failing = new SecretClient("https://app.vault.azure.net", credential, clientOptions(bad));
            const error = toDataplaneError(await failure(failing.getSecret("x")));
            expect(error.code).to.equal("Unreachable");
            expect(error.detail.status).to.equal(502);
            expect(bad.service.sent, "the challenge, and two tries").to.have.length(3);
        }
    });

    it("can't write a vault that is the source", async () => {
        const { service, httpClient } = chain([challenge, { status: 200, body: {} }]);
        const vault = new SecretClient(
            "https://app.vault.azure.net",
            credential,
            clientOptions({ httpClient }),
        );
        const error = toDataplaneError(await failure(vault.setSecret("x", "a-value")));
        expect(error.code).to.equal("SourceWrite");
        expect(service.sent).to.have.length(0);
    });

    it("read an account, with the chain's retries and none of their own", async () => {
        const good = chain([{ status: 503 }, page]);
        const account = new BlobServiceClient(
            "https://a.blob.core.windows.net",
            credential,
            storageClientOptions(good),
        );
        const names: string[] = [];
        for await (const { name } of account.listContainers()) names.push(name);
        expect(names).to.deep.equal(["one"]);
        expect(good.meter.total).to.deep.equal({ requests: 2, retries: 1, throttled: 0 });
        expect(good.service.sent[1]?.headers.get("authorization")).to.equal("Bearer t");
        expect(good.service.sent[1]?.headers.get("user-agent")).to.contain("pulumi-azure-dataplane");

        const bad = chain([{ status: 500 }], { retry: { attempts: 2 } });
        const failing = new BlobServiceClient(
            "https://a.blob.core.windows.net",
            credential,
            storageClientOptions(bad),
        );
        const error = await failure(failing.getContainerClient("c").getProperties());
        expect(toDataplaneError(error).code).to.equal("Unreachable");
        expect(bad.service.sent).to.have.length(2);
    });

    it("can't write an account that is the source, and stop when told to", async () => {
        const { service, httpClient } = chain([page]);
        const options = storageClientOptions({ httpClient });
        const account = new BlobServiceClient("https://a.blob.core.windows.net", credential, options);
        const error = toDataplaneError(await failure(account.createContainer("c")));
        expect(error.code).to.equal("SourceWrite");
        expect(service.sent).to.have.length(0);
        const abortSignal = AbortSignal.abort();
        const stopped = await failure(account.getContainerClient("c").exists({ abortSignal }));
        expect(toDataplaneError(stopped).code).to.equal("Cancelled");
    });
});
