import { expect } from "chai";
import type { Context, ElementType, Item, Store } from "../../../providers/core/contract.js";
import { discover, supportsMode } from "../../../providers/core/discover.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import { guardStore, unwrapStore } from "../../../providers/core/guarded-store.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { openStore, resolveTarget, type OpenRequest } from "../../../providers/core/open.js";
import { FakeService, FakeTiming, request, type FakeAnswer } from "./support/fake-http.js";
import { boxId, fakeElement, fakeItem, fakePlugin } from "./support/fake-plugin.js";

let count = 0;

/** A resource that no other test has asked for: found ones are kept for the process. */
function freshId(): string {
    count += 1;
    return boxId(`box${count}`);
}

function setUp(answers: FakeAnswer[], element: ElementType = fakeElement(), reference = freshId()) {
    const service = new FakeService(...answers);
    const open: OpenRequest = {
        plugin: fakePlugin(element),
        element,
        reference,
        side: "source",
        mode: "replication",
        profileName: "source",
        settings: { get: () => undefined },
        // Tokens come from a file that is not there: nothing is ever asked of a real sign-in service.
        environment: { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "a-secret" },
        http: { baseClient: service, timing: new FakeTiming(), pacer: new Pacer() },
    };
    return { service, open };
}

const byUrl = "https://app.vault.azure.net/";

async function failure(work: Promise<unknown>): Promise<DataplaneError> {
    const error: unknown = await work.then(
        () => undefined,
        (reason: unknown) => reason,
    );
    if (error instanceof DataplaneError) return error;
    throw new Error(`not a DataplaneError: ${String(error)}`);
}

describe("openStore", () => {
    it("opens by URL without asking ARM", async () => {
        let context: Context | undefined;
        const element = fakeElement();
        const opening = fakeElement(
            {},
            { open: (resource, given) => ((context = given), element.open(resource, given)) },
        );
        const { open, service } = setUp([], opening, byUrl);
        const opened = await openStore({ ...open, options: { a: 1 } });
        expect(opened.resource).to.deep.equal({
            type: "Microsoft.Fake/boxes",
            name: "app",
            endpoints: { box: "https://app.vault.azure.net" },
            reference: byUrl,
        });
        expect(context).to.deep.include({ side: "source", mode: "replication", options: { a: 1 } });
        expect(service.sent).to.have.length(0);
        expect(opened.profile.clientId).to.equal("c");
        const names: string[] = [];
        for await (const item of opened.store.list()) names.push(item.name);
        expect(names).to.deep.equal(["one"]);
    });

    it("counts what the store sends, and guards the source", async () => {
        let client: Context["httpClient"] | undefined;
        const element = fakeElement();
        const opening = fakeElement(
            {},
            {
                open: (resource, given) => ((client = given.httpClient), element.open(resource, given)),
            },
        );
        const { open, service } = setUp([{ status: 200 }], opening, byUrl);
        const { meter } = await openStore(open);
        await client?.sendRequest(request("GET"));
        expect(meter.total.requests).to.equal(1);
        await openStore({ ...open, side: "target" });
        await client?.sendRequest(request("PUT"));
        await openStore(open);
        expect(await failure(client?.sendRequest(request("PUT")) ?? Promise.resolve())).to.have.property(
            "code",
            "SourceWrite",
        );
        expect(service.sent).to.have.length(2);
    });

    it("names side and resource when it can't be opened", async () => {
        const element = fakeElement({}, { open: () => Promise.reject(new Error("boom")) });
        const error = await failure(openStore(setUp([], element, byUrl).open));
        expect(error.code).to.equal("Unexpected");
        expect(error.message).to.equal(`${byUrl} (source): boom`);
    });

    it("refuses a reference of another type before anything is asked", async () => {
        const { open, service } = setUp([], fakeElement(), boxId().replace("boxes", "crates"));
        const error = await failure(openStore(open));
        expect(error.code).to.equal("InvalidArgument");
        expect(error.message).to.equal("source is a Microsoft.Fake/crates, this needs Microsoft.Fake/boxes");
        expect(service.sent).to.have.length(0);
    });

    it("stops at a credential that is given in part", async () => {
        const { open } = setUp([]);
        const error = await failure(openStore({ ...open, environment: { AZURE_CLIENT_SECRET: "s" } }));
        expect(error.code).to.equal("CredentialInvalid");
    });

    it("adds the role to what a store refuses", async () => {
        const denied = Object.assign(new Error("m"), {
            name: "RestError",
            statusCode: 403,
            code: "Forbidden",
        });
        const element = fakeElement({ get: () => Promise.reject(denied) });
        const { store } = await openStore({ ...setUp([], element, byUrl).open, accessHint: "Or ask." });
        const error = await failure(store.get(fakeItem("a")));
        expect(error.code).to.equal("AccessDenied");
        expect(error.detail).to.deep.include({ item: "a", side: "source", resource: byUrl });
        expect(error.detail.remedy).to.contain('"Fake Reader"').and.to.contain("--assignee c");
        expect(error.detail.remedy).to.contain("Or ask.");
    });

    it("resolves a target without opening a store", async () => {
        const element = fakeElement({}, { open: () => Promise.reject(new Error("must not be opened")) });
        const { open } = setUp([], element, byUrl);
        expect((await resolveTarget(open)).endpoints).to.deep.equal({ box: "https://app.vault.azure.net" });
        const error = await failure(resolveTarget({ ...open, reference: "nonsense" }));
        expect(error.code).to.equal("InvalidArgument");
    });
});

describe("discover", () => {
    it("lists lazily, in the modes that there are", async () => {
        const names: string[] = [];
        const { open } = setUp([], fakeElement(), byUrl);
        for await (const item of discover(open)) names.push(item.name);
        expect(names).to.deep.equal(["one"]);
        const features = { ...fakeElement().features, modes: ["template"] as const };
        const element = fakeElement({}, { features });
        expect(supportsMode(element, "replication")).to.equal(false);
        const listing = discover(setUp([], element, byUrl).open)[Symbol.asyncIterator]();
        expect(await failure(listing.next())).to.have.property("code", "InvalidArgument");
    });
});

describe("a guarded store", () => {
    class PluginStore implements Store {
        readonly #name = "private";
        async *list(): AsyncIterable<Item> {
            await Promise.resolve();
            yield fakeItem(this.#name);
            throw new Error("broke off");
        }
        find(): Promise<Item | undefined> {
            return Promise.reject(new Error(`find of ${this.#name}`));
        }
        get(): Promise<unknown> {
            return Promise.resolve(this.#name);
        }
        put(item: Item): Promise<Item> {
            return Promise.resolve(item);
        }
        remove(): Promise<void> {
            return Promise.resolve();
        }
        copyFrom(source: Store, _: Item, item: Item): Promise<Item> {
            if (!(source instanceof PluginStore)) return Promise.reject(new Error("not the plugin's store"));
            return Promise.resolve({ ...item, version: source.#name });
        }
        equal(a: unknown, b: unknown): boolean {
            return this.#name.length > 0 && a === b;
        }
    }

    const inner = new PluginStore();
    const store = guardStore(inner, { side: "target", resource: "https://a" });

    it("has the operations that the store has, and no others", () => {
        const names = ["putEmpty", "putProperties", "copyFrom", "mark", "equal"].filter(
            (name) => name in store,
        );
        expect(names).to.deep.equal(["copyFrom", "equal"]);
        expect(store.equal?.(1, 1)).to.equal(true);
    });

    it("hands the plugin's own store to a copy", async () => {
        const source = guardStore(guardStore(new PluginStore(), {}), {});
        const copied = await store.copyFrom?.(source, fakeItem("a"), fakeItem("b"), {});
        expect(copied).to.deep.include({ name: "b", version: "private" });
        expect(unwrapStore(source)).to.be.instanceOf(PluginStore);
        expect(unwrapStore(inner)).to.equal(inner);
    });

    it("makes its own errors of all failures, a broken listing's included", async () => {
        expect(await failure(store.find("x"))).to.deep.include({
            code: "Unexpected",
            message: '"x" in https://a (target): find of private',
        });
        const seen: string[] = [];
        const error = await failure(
            (async () => {
                for await (const item of store.list()) seen.push(item.name);
            })(),
        );
        expect(seen).to.deep.equal(["private"]);
        expect(error.message).to.equal("https://a (target): broke off");
    });

    it("calls every operation on the store", async () => {
        const calls: string[] = [];
        const note = <T>(name: string, value: T) => (calls.push(name), Promise.resolve(value));
        const item = fakeItem("a");
        const full = guardStore<unknown>(
            {
                async *list() {
                    yield await note("list", item);
                },
                find: () => note("find", item),
                get: () => note("get", 1),
                put: () => note("put", item),
                putEmpty: () => note("putEmpty", item),
                putProperties: () => note("putProperties", item),
                mark: () => note("mark", item),
                remove: () => note("remove", undefined),
            },
            {},
        );
        await full.find("a");
        await full.get(item);
        await full.put(item, 1, {});
        await full.putEmpty?.(item, {});
        await full.putProperties?.(item, { existing: item });
        await full.mark?.(item, "owner");
        await full.remove("a", {});
        expect(calls).to.deep.equal(["find", "get", "put", "putEmpty", "putProperties", "mark", "remove"]);
    });
});
