import { expect } from "chai";
import { ArmClient } from "../../../providers/core/arm/client.js";
import { clouds, type CloudName } from "../../../providers/core/clouds.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { chainElement, FakeService, FakeTiming, type FakeAnswer } from "./support/fake-http.js";
import { boxId } from "./support/fake-plugin.js";

function armWith(answers: FakeAnswer[], cloud: CloudName = "public") {
    const service = new FakeService(...answers);
    const scopes: (string | string[])[] = [];
    const { client } = createHttpClient({
        side: "source",
        element: chainElement(),
        baseClient: service,
        timing: new FakeTiming(),
        pacer: new Pacer(),
    });
    const credential = {
        getToken: (scope: string | string[]) => {
            scopes.push(scope);
            return Promise.resolve({ token: "a-token", expiresOnTimestamp: Number.MAX_SAFE_INTEGER });
        },
    };
    return { arm: new ArmClient({ credential, cloud: clouds[cloud], httpClient: client }), service, scopes };
}

const fail = (code: string, status = 404): FakeAnswer => ({
    status,
    body: { error: { code, message: "m" } },
});

async function failure(work: Promise<unknown>): Promise<unknown> {
    return work.then(
        () => {
            throw new Error("it did not fail");
        },
        (error: unknown) => error,
    );
}

describe("ArmClient", () => {
    it("reads a resource with the cloud's own token", async () => {
        for (const cloud of ["public", "usgovernment", "china"] as const) {
            const { arm, service, scopes } = armWith([{ status: 200, body: { id: boxId() } }], cloud);
            expect(await arm.get(boxId(), "2024-01-01")).to.deep.equal({ id: boxId() });
            const [sent] = service.sent;
            expect(sent?.url).to.equal(`${clouds[cloud].resourceManager}${boxId()}?api-version=2024-01-01`);
            expect(sent?.headers.get("authorization")).to.equal("Bearer a-token");
            expect(scopes.flat()).to.deep.equal([`${clouds[cloud].resourceManager}/.default`]);
        }
    });

    for (const code of ["ResourceNotFound", "ResourceGroupNotFound"]) {
        it(`takes ${code} for absence`, async () => {
            expect(await armWith([fail(code)]).arm.get(boxId(), "v")).to.equal(undefined);
        });
    }

    const failures: readonly (readonly [name: string, answer: FakeAnswer, code: string])[] = [
        ["a subscription that is not there", fail("SubscriptionNotFound"), "Unexpected"],
        ["a 404 of another sort", fail("NotFound"), "Unexpected"],
        ["a 404 without a body", { status: 404 }, "Unexpected"],
        ["a 404 that is no JSON", { status: 404, body: "<html>ResourceNotFound</html>" }, "Unexpected"],
        ["ResourceNotFound with another status", fail("ResourceNotFound", 403), "AccessDenied"],
        ["a 403", fail("AuthorizationFailed", 403), "AccessDenied"],
        ["a 429", fail("TooManyRequests", 429), "Throttled"],
        ["a 500", { status: 500 }, "Unreachable"],
        ["an unknown host", { networkCode: "ENOTFOUND" }, "Unreachable"],
        ["an answer that is no JSON", { status: 200, body: "<html>" }, "Unexpected"],
    ];
    for (const [name, answer, code] of failures) {
        it(`never takes ${name} for absence`, async () => {
            const error = await failure(armWith([answer]).arm.get(boxId(), "v"));
            expect(error).to.have.property("code", code);
            expect(error).to.have.nested.property("detail.resource", boxId());
        });
    }

    it("reads lists to the end, page by page", async () => {
        const next = "https://management.azure.com/next?page=2";
        const { arm, service } = armWith([
            { status: 200, body: { value: [{ id: "1" }], nextLink: next } },
            { status: 200, body: { value: [{ id: "2" }, { id: "3" }], nextLink: "" } },
        ]);
        const ids: string[] = [];
        for await (const { id } of arm.list("/subscriptions/s/resources", "v")) {
            ids.push(id);
            if (ids.length === 1) expect(service.sent, "lazily").to.have.length(1);
        }
        expect(ids).to.deep.equal(["1", "2", "3"]);
        expect(service.sent[1]?.url).to.equal(next);
    });

    it("fails where a page does, is malformed or is elsewhere, instead of ending early", async () => {
        const page = (nextLink: string): FakeAnswer => ({ status: 200, body: { value: [{}], nextLink } });
        const collect = async (answers: FakeAnswer[]) => {
            const { arm, service } = armWith(answers);
            const error = await failure(
                (async () => {
                    for await (const each of arm.list("/p", "v")) expect(each).to.be.an("object");
                })(),
            );
            return { error, service };
        };
        const cut = await collect([page("https://management.azure.com/2"), fail("x", 403)]);
        expect(cut.error).to.have.property("code", "AccessDenied");
        expect((await collect([{ status: 200, body: {} }])).error).to.have.property("code", "Unexpected");
        for (const link of ["https://evil.example/2", "http://management.azure.com/2", "/2"]) {
            const { error, service } = await collect([page(link)]);
            expect(error).to.have.property("code", "Unexpected");
            expect(service.sent, "no token goes there").to.have.length(1);
        }
    });

    it("asks for permissions, assignments and definitions at a scope", async () => {
        const answers = { status: 200, body: { value: [{ actions: ["*"] }] } };
        const { arm, service } = armWith([answers]);
        expect(await arm.permissions(boxId())).to.deep.equal([{ actions: ["*"] }]);
        await arm.roleAssignments(boxId(), "principalId eq 'x'");
        await arm.roleDefinitions(boxId(), "roleName eq 'y'");
        const urls = service.sent.map((sent) => new URL(sent.url));
        expect(urls.map((url) => url.pathname.split("/").at(-1))).to.deep.equal([
            "permissions",
            "roleAssignments",
            "roleDefinitions",
        ]);
        expect(urls.map((url) => url.searchParams.get("$filter"))).to.deep.equal([
            null,
            "principalId eq 'x'",
            "roleName eq 'y'",
        ]);
        for (const url of urls) expect(url.pathname.startsWith(`${boxId()}/providers/`)).to.equal(true);
    });

    it("finds one role definition, or none", async () => {
        const id = "/providers/Microsoft.Authorization/roleDefinitions/x";
        expect(await armWith([{ status: 200, body: { id } }]).arm.roleDefinition(id)).to.deep.equal({ id });
        expect(await armWith([fail("RoleDefinitionDoesNotExist")]).arm.roleDefinition(id)).to.equal(
            undefined,
        );
        expect(await failure(armWith([fail("ResourceNotFound")]).arm.roleDefinition(id))).to.have.property(
            "code",
            "Unexpected",
        );
    });

    it("writes nothing at the source", async () => {
        const { arm, service } = armWith([{ status: 200 }]);
        const error = await failure(arm.send("POST", `${boxId()}/listKeys`, "v", {}));
        expect(error).to.have.property("code", "SourceWrite");
        expect(service.sent).to.have.length(0);
    });

    it("sends actions where that is allowed", async () => {
        const service = new FakeService({ status: 200, body: { keys: [] } });
        const { client } = createHttpClient({ side: "target", element: chainElement(), baseClient: service });
        const credential = { getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: 9e15 }) };
        const arm = new ArmClient({ credential, cloud: clouds.public, httpClient: client });
        expect(await arm.send("POST", `${boxId()}/listKeys`, "v", { a: 1 })).to.deep.equal({ keys: [] });
        expect(service.sent[0]).to.deep.include({ method: "POST", body: '{"a":1}' });
    });
});
