import { expect } from "chai";
import { clouds } from "../../../providers/core/clouds.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { resolveResource } from "../../../providers/core/resolve.js";
import { ResourceCache } from "../../../providers/core/resource-cache.js";
import { chainElement, FakeService, FakeTiming, type FakeAnswer } from "./support/fake-http.js";
import { boxId, fakePlugin } from "./support/fake-plugin.js";

const credential = { getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: 9e15 }) };
const plugin = fakePlugin();
const found: FakeAnswer = {
    status: 200,
    body: {
        id: boxId("App"),
        name: "App",
        type: "Microsoft.Fake/boxes",
        location: "westeurope",
        properties: { boxUri: "https://app.private.example/" },
    },
};
const gone: FakeAnswer = { status: 404, body: { error: { code: "ResourceNotFound", message: "m" } } };
const denied: FakeAnswer = { status: 403, body: { error: { code: "AuthorizationFailed", message: "m" } } };

function setUp(...answers: FakeAnswer[]) {
    const service = new FakeService(...answers);
    const { client: httpClient } = createHttpClient({
        side: "source",
        element: chainElement(),
        baseClient: service,
        timing: new FakeTiming(),
        pacer: new Pacer(),
    });
    return { service, httpClient, plugin, credential, cloud: clouds.public };
}

async function failure(work: Promise<unknown>): Promise<DataplaneError> {
    const error: unknown = await work.catch((reason: unknown) => reason);
    if (error instanceof DataplaneError) return error;
    throw new Error("it did not fail");
}

describe("resolveResource", () => {
    it("takes endpoints from ARM's answer, never from the name", async () => {
        const reference = boxId("app");
        expect(await resolveResource({ ...setUp(found), reference })).to.deep.equal({
            id: boxId("App"),
            type: "Microsoft.Fake/boxes",
            name: "App",
            endpoints: { box: "https://app.private.example/" },
            location: "westeurope",
            reference,
        });
    });

    it("says that the resource is gone only where ARM does", async () => {
        const error = await failure(resolveResource({ ...setUp(gone), reference: boxId() }));
        expect(error.code).to.equal("NotFound");
        expect(error.message).to.contain(boxId());
        const unreachable = setUp({ networkCode: "ENOTFOUND" });
        expect((await failure(resolveResource({ ...unreachable, reference: boxId() }))).code).to.equal(
            "Unreachable",
        );
    });

    it("tells who may not read ARM about the other way", async () => {
        const error = await failure(resolveResource({ ...setUp(denied), reference: boxId() }));
        expect(error.code).to.equal("AccessDenied");
        expect(error.detail.remedy).to.contain('"Reader"').and.to.contain("data-plane URL");
    });

    it("does not go on without a data plane", async () => {
        const bare: FakeAnswer = {
            status: 200,
            body: { id: boxId(), name: "app", type: "Microsoft.Fake/boxes" },
        };
        const error = await failure(resolveResource({ ...setUp(bare), reference: boxId() }));
        expect(error.message).to.contain("names no data plane");
    });
});

describe("found resources", () => {
    const profile = (key: string) => ({
        name: "source",
        credential,
        cloud: clouds.public,
        description: "",
        key,
    });
    const signal = new AbortController().signal;

    it("are asked for once, in every spelling, by each caller", async () => {
        const cache = new ResourceCache();
        const { service, ...rest } = setUp(found);
        const resolve = (reference: string, key = "k") =>
            cache.resolve({ ...rest, reference, profile: profile(key), signal, argument: "source" });
        const answers = await Promise.all([
            resolve(boxId()),
            resolve(`${boxId().toUpperCase()}/`),
            resolve(boxId()),
        ]);
        expect(service.sent).to.have.length(1);
        expect(answers[1].reference, "as that caller named it").to.equal(`${boxId().toUpperCase()}/`);
        await resolve(boxId(), "another caller");
        expect(service.sent).to.have.length(2);
    });

    it("are asked for again after a failure", async () => {
        const cache = new ResourceCache();
        const { service, ...rest } = setUp(gone, denied, found);
        const request = { ...rest, reference: boxId(), profile: profile("k"), signal, argument: "source" };
        expect((await failure(cache.resolve(request))).code).to.equal("NotFound");
        expect((await failure(cache.resolve(request))).code).to.equal("AccessDenied");
        expect((await cache.resolve(request)).name).to.equal("App");
        expect(service.sent).to.have.length(3);
    });

    it("are found although another caller was told to stop", async () => {
        const cache = new ResourceCache();
        const controller = new AbortController();
        controller.abort();
        const { service, ...rest } = setUp(found);
        const request = { ...rest, reference: boxId(), profile: profile("k"), argument: "source" };
        const stopped = failure(cache.resolve({ ...request, signal: controller.signal }));
        const other = cache.resolve({ ...request, signal });
        expect((await stopped).code).to.equal("Cancelled");
        expect((await other).name).to.equal("App");
        expect(service.sent).to.have.length(1);
    });
});
