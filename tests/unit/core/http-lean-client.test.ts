import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
    createPipelineRequest,
    type PipelineRequest,
    type PipelineRequestOptions,
} from "@azure/core-rest-pipeline";
import { expect } from "chai";
import { isLean, leanHttpClient } from "../../../providers/core/http/lean-client.js";
import { isNetworkError, neverConnected } from "../../../providers/core/http/network-errors.js";
import { failureOf } from "../../plugins/helpers.js";

describe("the lean HTTP client", () => {
    const client = leanHttpClient();
    let server: Server;
    let origin: string;
    let answer: RequestListener;

    before(async () => {
        server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
        await once(server, "listening");
        origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    });

    after(() => {
        server.closeAllConnections();
        server.close();
    });

    function requestOf(options: Partial<PipelineRequestOptions> = {}): PipelineRequest {
        return createPipelineRequest({ url: `${origin}/a?b=c`, allowInsecureConnection: true, ...options });
    }

    it("sends method, path, headers and body, and gives status, headers and text", async () => {
        let seen = "";
        answer = (request, response) => {
            void text(request).then((body) => {
                seen = `${request.method ?? ""} ${request.url ?? ""} ${body}`;
                response.writeHead(201, { etag: '"1"', "x-ms-meta-a": "b" }).end("täxt");
            });
        };
        const request = requestOf({ method: "PUT", body: Buffer.from("bytes") });
        const response = await client.sendRequest(request);
        expect(seen).to.equal("PUT /a?b=c bytes");
        expect(response.status).to.equal(201);
        expect(response.request).to.equal(request);
        expect(response.headers.toJSON()).to.include({ etag: '"1"', "x-ms-meta-a": "b" });
        expect(response.bodyAsText).to.equal("täxt");
    });

    it("gives a stream where one is wanted, and nothing for HEAD", async () => {
        answer = (_, response) => response.end("content");
        const streamed = requestOf({ streamResponseStatusCodes: new Set([200]) });
        const { readableStreamBody, bodyAsText } = await client.sendRequest(streamed);
        expect(bodyAsText).to.equal(undefined);
        expect(readableStreamBody && (await text(readableStreamBody))).to.equal("content");
        const head = await client.sendRequest(requestOf({ method: "HEAD" }));
        expect([head.status, head.bodyAsText, head.readableStreamBody]).to.deep.equal([
            200,
            undefined,
            undefined,
        ]);
    });

    it("tells a connection that breaks off before the answer", async () => {
        answer = (request) => request.socket.destroy();
        const error = await failureOf(client.sendRequest(requestOf()));
        expect(error).to.include({ name: "RestError", code: "ECONNRESET" });
        expect(isNetworkError(error)).to.equal(true);
    });

    it("tells an answer that breaks off in its body", async () => {
        const half: RequestListener = (request, response) => {
            response.writeHead(200, { "content-length": "10" }).write("half", () => request.socket.destroy());
        };
        answer = half;
        expect(isNetworkError(await failureOf(client.sendRequest(requestOf())))).to.equal(true);
        const streamed = requestOf({ streamResponseStatusCodes: new Set([200]) });
        const { readableStreamBody } = await client.sendRequest(streamed);
        if (readableStreamBody === undefined) throw new Error("there is no stream");
        expect(await failureOf(text(readableStreamBody))).to.be.instanceOf(Error);
    });

    it("tells that nobody listens", async () => {
        const other = createServer().listen(0, "127.0.0.1");
        await once(other, "listening");
        const { port } = other.address() as AddressInfo;
        other.close();
        await once(other, "close");
        const error = await failureOf(
            client.sendRequest(requestOf({ url: `http://127.0.0.1:${String(port)}` })),
        );
        expect(neverConnected(error)).to.equal(true);
    });

    it("stops when told to, before the answer and in its body", async () => {
        const controller = new AbortController();
        answer = () => {
            controller.abort();
        };
        const early = client.sendRequest(requestOf({ abortSignal: controller.signal }));
        expect(await failureOf(early)).to.include({ name: "AbortError" });
        expect(await failureOf(client.sendRequest(requestOf({ abortSignal: controller.signal })))).to.include(
            {
                name: "AbortError",
            },
        );
        const late = new AbortController();
        answer = (_, response) => {
            response.writeHead(200, { "content-length": "10" }).write("half", () => {
                late.abort();
            });
        };
        const body = client.sendRequest(requestOf({ abortSignal: late.signal }));
        expect(await failureOf(body)).to.include({ name: "AbortError" });
    });

    it("sends nothing in the clear unless it is asked to", async () => {
        answer = (_, response) => response.end();
        const error = await failureOf(client.sendRequest(requestOf({ allowInsecureConnection: false })));
        expect(error)
            .to.be.instanceOf(Error)
            .with.property("message")
            .that.contains("allowInsecureConnection");
    });

    it("leaves to the SDKs' own what it can't do", () => {
        const headers = (name: string) => {
            const request = requestOf();
            request.headers.set(name, "x");
            return request;
        };
        expect(isLean(requestOf())).to.equal(true);
        expect(isLean(requestOf({ body: Buffer.from("x") }))).to.equal(true);
        expect(isLean(requestOf({ body: () => process.stdin }))).to.equal(false);
        expect(isLean(requestOf({ timeout: 1 }))).to.equal(false);
        expect(isLean(requestOf({ proxySettings: { host: "http://proxy", port: 1 } }))).to.equal(false);
        expect(isLean(headers("accept-encoding"))).to.equal(false);
        expect(isLean(headers("expect"))).to.equal(false);
    });
});
