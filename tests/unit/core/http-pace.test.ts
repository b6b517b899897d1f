import type { HttpClient } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RateLimit } from "../../../providers/core/contract.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { systemTiming } from "../../../providers/core/http/timing.js";
import { chainElement, FakeService, FakeTiming, request } from "./support/fake-http.js";

function rate(overrides: Partial<RateLimit> = {}): RateLimit {
    return {
        name: "writes",
        count: 2,
        perMilliseconds: 1_000,
        applies: (method) => method === "PUT",
        source: "https://example.com",
        ...overrides,
    };
}

function pacedClient(pacer: Pacer, timing: FakeTiming, service: HttpClient, rates = [rate()]) {
    const limits = { concurrency: 1, rates, requestsPerItem: () => ({}) };
    return createHttpClient({
        side: "target",
        element: chainElement({ limits }),
        baseClient: service,
        timing,
        pacer,
    });
}

/** Lets everything happen that waits for nothing but its turn. */
async function turns(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}

describe("pacing", () => {
    it("holds back what counts against a rate, and nothing else", async () => {
        const timing = new FakeTiming();
        const service = new FakeService({ status: 200 });
        const { client, meter } = pacedClient(new Pacer(), timing, service);
        for (let i = 0; i < 5; i += 1) await client.sendRequest(request("GET"));
        expect(timing.time).to.equal(0);
        for (let i = 0; i < 5; i += 1) await client.sendRequest(request("PUT"));
        expect(timing.time).to.be.at.least(2_000);
        expect(meter.byKind()).to.deep.include({
            writes: { requests: 5, retries: 0, throttled: 0 },
            other: { requests: 5, retries: 0, throttled: 0 },
        });
        expect(meter.total.requests).to.equal(10);
    });

    it("takes as many places as a request costs, by its body", async () => {
        const timing = new FakeTiming();
        const service = new FakeService({ status: 200 });
        const costly = [rate({ count: 4, cost: (body) => (body === '{"kty":"RSA-HSM"}' ? 3 : 1) })];
        const { client } = pacedClient(new Pacer(), timing, service, costly);
        await client.sendRequest(request("PUT", "https://a/b", { body: '{"kty":"RSA-HSM"}' }));
        expect(timing.time).to.be.lessThan(1_000);
        await client.sendRequest(request("PUT", "https://a/b", { body: '{"kty":"RSA"}' }));
        expect(timing.time).to.be.lessThan(1_000);
        await client.sendRequest(request("PUT", "https://a/b", { body: '{"kty":"RSA"}' }));
        expect(timing.time).to.be.at.least(1_000);
    });

    it("waits for an answer where all places are on their way, and goes on after it", async () => {
        const timing = new FakeTiming();
        const answers = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
        const calm = new FakeService({ status: 200 });
        let sent = 0;
        const slow: HttpClient = {
            async sendRequest(toSend) {
                sent += 1;
                await answers[sent - 1]?.promise;
                return calm.sendRequest(toSend);
            },
        };
        const single = [rate({ count: 1 })];
        const { client } = pacedClient(new Pacer(), timing, slow, single);
        const [first, second] = [client.sendRequest(request("PUT")), client.sendRequest(request("PUT"))];
        await turns();
        expect(sent).to.equal(1);
        timing.time = 700;
        answers[0]?.resolve(undefined);
        answers[1]?.resolve(undefined);
        await Promise.all([first, second]);
        expect(sent).to.equal(2);
        expect(timing.time, "a window after the first answer").to.be.within(1_700, 1_720);
    });

    it("counts a request whose answer was lost, and none that was refused", async () => {
        for (const [answer, least] of [
            [{ networkCode: "ECONNRESET" }, 1_000],
            [{ status: 429, headers: { "retry-after-ms": "10" } }, 10],
        ] as const) {
            const timing = new FakeTiming();
            const service = new FakeService(answer, { status: 200 });
            const { client } = createHttpClient({
                side: "target",
                element: chainElement({
                    limits: { concurrency: 1, rates: [rate({ count: 1 })], requestsPerItem: () => ({}) },
                }),
                baseClient: service,
                timing,
                pacer: new Pacer(),
                retry: { attempts: 1 },
            });
            await client.sendRequest(request("PUT")).catch(() => undefined);
            await client.sendRequest(request("PUT"));
            expect(timing.time).to.be.within(least, least === 10 ? 999 : 1_100);
        }
    });

    it("shares a host's rate among stores, and keeps hosts apart", async () => {
        const timing = new FakeTiming();
        const service = new FakeService({ status: 200 });
        const pacer = new Pacer();
        const [first, second] = [pacedClient(pacer, timing, service), pacedClient(pacer, timing, service)];
        await first.client.sendRequest(request("PUT", "https://one/x"));
        await second.client.sendRequest(request("PUT", "https://two/x"));
        expect(timing.time).to.equal(0);
        await second.client.sendRequest(request("PUT", "https://one/x"));
        expect(timing.time).to.be.greaterThan(0);
    });

    it("holds every store back after a 429, also where no rate is documented", async () => {
        const timing = new FakeTiming();
        const pacer = new Pacer();
        const throttling = new FakeService({ status: 429, headers: { "retry-after": "3" } }, { status: 200 });
        const calm = new FakeService({ status: 200 });
        const first = pacedClient(pacer, timing, throttling, []);
        const limited = createHttpClient({
            side: "target",
            element: chainElement(),
            baseClient: throttling,
            timing,
            pacer,
            retry: { attempts: 1 },
        });
        expect((await limited.client.sendRequest(request())).status).to.equal(429);
        expect(timing.time).to.equal(0);
        await pacedClient(pacer, timing, calm, []).client.sendRequest(request());
        expect(timing.time).to.equal(3_000);
        await first.client.sendRequest(request());
        expect(timing.time).to.equal(3_000);
    });

    it("lets those behind go on when one in line gives up", async () => {
        const controller = new AbortController();
        const service = new FakeService({ status: 200 });
        const slow = [rate({ count: 1, perMilliseconds: 30 })];
        const pacer = new Pacer();
        const make = (signal?: AbortSignal) =>
            createHttpClient({
                side: "target",
                element: chainElement({
                    limits: { concurrency: 1, rates: slow, requestsPerItem: () => ({}) },
                }),
                baseClient: service,
                timing: systemTiming,
                pacer,
                ...(signal === undefined ? {} : { signal }),
            }).client;
        const [patient, hasty] = [make(), make(controller.signal)];
        const all = [patient, patient, hasty, patient].map((client) =>
            client.sendRequest(request("PUT", "https://a/b")).then(
                () => "sent",
                (error: unknown) => (isDataplaneError(error, "Cancelled") ? "cancelled" : error),
            ),
        );
        controller.abort();
        expect(await Promise.all(all)).to.deep.equal(["sent", "sent", "cancelled", "sent"]);
        expect(service.sent).to.have.length(3);
    });
});
