import { Readable } from "node:stream";
import { RestError } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import fc from "fast-check";
import { createHttpClient, type HttpClientOptions } from "../../../providers/core/http/client.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { chainElement, FakeService, FakeTiming, request, type FakeAnswer } from "./support/fake-http.js";

function chain(answers: FakeAnswer[], options: Partial<HttpClientOptions> = {}) {
    const service = new FakeService(...answers);
    const timing = new FakeTiming();
    const { client, meter } = createHttpClient({
        side: "target",
        element: chainElement(),
        baseClient: service,
        timing,
        pacer: new Pacer(),
        ...options,
    });
    return { service, timing, client, meter };
}

const idempotent = { element: chainElement({ idempotent: () => true }) };

describe("retries", () => {
    for (const status of [408, 429, 500, 502, 503, 504]) {
        it(`sends again after ${status}`, async () => {
            const { client, service, meter } = chain([{ status }, { status }, { status: 200 }]);
            expect((await client.sendRequest(request())).status).to.equal(200);
            expect(service.sent).to.have.length(3);
            expect(meter.total).to.deep.equal({ requests: 3, retries: 2, throttled: status === 429 ? 2 : 0 });
        });
    }

    it("does not repeat a GET that changes something, whose answer may be lost", async () => {
        const disturbingReads = { includes: () => true, allows: () => true, notice: () => undefined };
        const { client, service } = chain([{ networkCode: "ECONNRESET" }], {
            element: chainElement({ disturbingReads }),
        });
        await client.sendRequest(request()).catch(() => undefined);
        expect(service.sent).to.have.length(1);
    });

    it("gives every other answer back at once", async () => {
        const statuses = fc
            .integer({ min: 200, max: 599 })
            .filter((s) => ![408, 429, 500, 502, 503, 504].includes(s));
        await fc.assert(
            fc.asyncProperty(statuses, async (status) => {
                const { client, service } = chain([{ status }], idempotent);
                expect((await client.sendRequest(request("PUT"))).status).to.equal(status);
                expect(service.sent).to.have.length(1);
            }),
        );
    });

    it("waits exponentially, at most 30 s, at most 8 times", async () => {
        const { client, service, timing } = chain([{ status: 500 }]);
        timing.chance = 0.999999;
        expect((await client.sendRequest(request())).status).to.equal(500);
        expect(service.sent).to.have.length(8);
        const seconds = timing.slept.map((milliseconds) => Math.round(milliseconds / 100) / 10);
        expect(seconds).to.deep.equal([0.5, 1, 2, 4, 8, 16, 30]);
    });

    it("begins no attempt after two minutes", async () => {
        const { client, service, timing } = chain([{ status: 503, headers: { "retry-after": "50" } }]);
        await client.sendRequest(request());
        expect(service.sent).to.have.length(3);
        expect(timing.time).to.be.lessThan(120_000);
    });

    const asked: readonly (readonly [headers: Record<string, string>, milliseconds: number])[] = [
        [{ "retry-after": "7" }, 7_000],
        [{ "retry-after": new Date(Date.UTC(2026, 0, 1) + 9_000).toUTCString() }, 9_000],
        [{ "retry-after": new Date(Date.UTC(2025, 0, 1)).toUTCString() }, 0],
        [{ "retry-after-ms": "1234", "retry-after": "60" }, 1_234],
        [{ "x-ms-retry-after-ms": "345" }, 345],
        [{ "retry-after": "soon" }, 250],
    ];
    for (const [headers, milliseconds] of asked) {
        it(`waits as long as ${JSON.stringify(headers)} asks`, async () => {
            const { client, timing } = chain([{ status: 503, headers }, { status: 200 }]);
            await client.sendRequest(request());
            expect(timing.slept.reduce((a, b) => a + b, 0)).to.equal(milliseconds);
        });
    }

    it("never comes back earlier than asked, whatever the chance", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.double({ min: 0, max: 0.999, noNaN: true }),
                fc.nat(60),
                async (chance, seconds) => {
                    const headers = { "retry-after": String(seconds) };
                    const { client, timing } = chain([{ status: 429, headers }, { status: 200 }]);
                    timing.chance = chance;
                    await client.sendRequest(request());
                    expect(timing.time).to.be.at.least(seconds * 1000);
                },
            ),
        );
    });

    const unsafe: readonly (readonly [name: string, answer: FakeAnswer, again: boolean])[] = [
        ["429", { status: 429 }, true],
        ["503 with Retry-After", { status: 503, headers: { "retry-after": "1" } }, true],
        ["503 alone", { status: 503 }, false],
        ["500", { status: 500 }, false],
        ["408", { status: 408 }, false],
        ["a name that does not resolve", { networkCode: "ENOTFOUND" }, true],
        ["a refused connection", { networkCode: "ECONNREFUSED" }, true],
        ["a cut connection", { networkCode: "ECONNRESET" }, false],
        ["a lost connection", { networkCode: "REQUEST_SEND_ERROR" }, false],
    ];
    for (const [name, answer, again] of unsafe) {
        it(`${again ? "sends" : "does not send"} what is not idempotent again after ${name}`, async () => {
            const { client, service } = chain([answer, { status: 200 }]);
            await client.sendRequest(request("POST")).catch(() => undefined);
            expect(service.sent).to.have.length(again ? 2 : 1);
        });
        it(`sends what is idempotent again after ${name}`, async () => {
            const { client, service } = chain([answer, { status: 200 }], idempotent);
            await client.sendRequest(request("PUT"));
            expect(service.sent).to.have.length(2);
        });
    }

    it("asks the element type by method and URL", async () => {
        const element = chainElement({
            idempotent: (method, url) => method === "PUT" && url.pathname === "/ok",
        });
        const first = chain([{ status: 500 }, { status: 200 }], { element });
        await first.client.sendRequest(request("PUT", "https://a/ok"));
        expect(first.service.sent).to.have.length(2);
        const second = chain([{ status: 500 }, { status: 200 }], { element });
        await second.client.sendRequest(request("PUT", "https://a/other"));
        expect(second.service.sent).to.have.length(1);
    });

    it("never sends a stream again, but what makes streams, and texts", async () => {
        const bodies = [
            [Readable.from(["x"]), 1],
            [new ReadableStream<Uint8Array>(), 1],
            [() => Readable.from(["x"]), 2],
            ["x", 2],
            [Buffer.from("x"), 2],
            [new Blob(["x"]), 2],
        ] as const;
        for (const [index, [body, times]] of bodies.entries()) {
            const { client, service } = chain([{ status: 429 }, { status: 200 }], idempotent);
            await client.sendRequest(request("PUT", "https://a/b", { body }));
            expect(service.sent, `body ${String(index)}`).to.have.length(times);
        }
    });

    it("gives an unknown host up sooner at the source than at the target", async () => {
        for (const [side, times] of [
            ["source", 4],
            ["target", 7],
        ] as const) {
            const { client, service } = chain([{ networkCode: "ENOTFOUND" }], { side });
            const error: unknown = await client.sendRequest(request()).catch((reason: unknown) => reason);
            expect(error).to.have.property("code", "ENOTFOUND");
            expect(service.sent).to.have.length(times);
        }
    });

    it("sends a read again whose answer broke off, but none that can't be parsed", async () => {
        const broken = new RestError("Error reading response as text: aborted", { code: "PARSE_ERROR" });
        const { client, service } = chain([broken, { status: 200 }]);
        await client.sendRequest(request());
        expect(service.sent).to.have.length(2);
        const unparsable = new RestError('Error "x" occurred while parsing', { code: "PARSE_ERROR" });
        const other = chain([unparsable, { status: 200 }]);
        await other.client.sendRequest(request()).catch(() => undefined);
        expect(other.service.sent).to.have.length(1);
    });

    it("stops waiting when it is told to", async () => {
        const controller = new AbortController();
        const { client, service } = chain([{ status: 500 }], {
            signal: controller.signal,
            timing: Object.assign(new FakeTiming(), {
                sleep: () => {
                    controller.abort();
                    return Promise.resolve();
                },
            }),
        });
        const error: unknown = await client.sendRequest(request()).catch((reason: unknown) => reason);
        expect(isDataplaneError(error, "Cancelled")).to.equal(true);
        expect(service.sent).to.have.length(1);
    });

    it("hands the store's signal to requests in flight", async () => {
        const controller = new AbortController();
        const { client, service } = chain([{ status: 200 }], { signal: controller.signal });
        const own = new AbortController();
        const sent = request("GET", "https://a/b", { abortSignal: own.signal });
        let seen: unknown;
        const spy = createHttpClient({
            side: "target",
            element: chainElement(),
            signal: controller.signal,
            pacer: new Pacer(),
            baseClient: {
                sendRequest: (each) => {
                    seen = each.abortSignal;
                    return service.sendRequest(each);
                },
            },
        });
        await spy.client.sendRequest(sent);
        controller.abort();
        expect(seen).to.have.property("aborted", true);
        expect(sent.abortSignal).to.equal(own.signal);
        const error: unknown = await client.sendRequest(request()).catch((reason: unknown) => reason);
        expect(isDataplaneError(error, "Cancelled")).to.equal(true);
    });
});
