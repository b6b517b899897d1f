import { Readable } from "node:stream";
import { createHttpHeaders, type HttpClient, type PipelineRequest } from "@azure/core-rest-pipeline";
import { BlobServiceClient, type BlockBlobClient } from "@azure/storage-blob";
import { expect } from "chai";
import fc from "fast-check";
import { storageClientOptions } from "../../../providers/core/http/client.js";
import { withLeanBlobs } from "../../../providers/storage/lean-blob.js";
import { openWire } from "../../../providers/storage/wire.js";

const origin = "https://x.blob.core.windows.net";
const credential = {
    getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** What differs from one request to the next, or says who sends it. */
const ownHeaders = new Set(["x-ms-client-request-id", "x-ms-date", "user-agent", "authorization"]);

/** A client of a blob, the SDK's or the lean one, and what it has sent. */
async function clientOf(
    name: string,
    lean: boolean,
): Promise<{ client: BlockBlobClient; sent: PipelineRequest[] }> {
    const sent: PipelineRequest[] = [];
    const httpClient: HttpClient = {
        sendRequest(request) {
            sent.push(request);
            const written = request.headers.has("x-ms-requires-sync") ? 202 : 201;
            const status = request.method === "GET" ? 200 : written;
            const headers = createHttpHeaders({
                etag: '"1"',
                "content-length": "0",
                "last-modified": "Fri, 02 Oct 2026 11:12:13 GMT",
            });
            const readableStreamBody = Readable.from([]);
            return Promise.resolve({ request, status, headers, bodyAsText: "", readableStreamBody });
        },
    };
    const plain = new BlobServiceClient(origin, credential, storageClientOptions({ httpClient }));
    const service = lean ? withLeanBlobs(plain, await openWire({ credential, httpClient })) : plain;
    return { client: service.getContainerClient("box").getBlockBlobClient(name), sent };
}

function told({ method, url, headers, body }: PipelineRequest) {
    const shown = Object.entries(headers.toJSON({ preserveCase: true })).filter(
        ([header]) => !ownHeaders.has(header.toLowerCase()),
    );
    const length = body === undefined || body === null ? 0 : (body as Uint8Array).length;
    return {
        method,
        url,
        length,
        // The SDK says the length of a body by itself only where there is one.
        headers: shown
            .map(([header, value]) => [isMetadata(header) ? header : header.toLowerCase(), value])
            .filter(([header, value]) => !(header === "content-length" && value === "0"))
            .sort(),
    };
}

/** Services keep the case of these alone. */
function isMetadata(header: string): boolean {
    return header.toLowerCase().startsWith("x-ms-meta-");
}

const printable = fc.string({ unit: fc.constantFrom(...Array.from("aZ09-_.~!*'()&=+ %;/ü日😀#?:@$,[]")) });
const blobName = printable.filter((name) => name !== "" && !/^\/|\/$|\/\/|(^|\/)\.{1,2}(\/|$)/.test(name));
const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const value = fc.stringMatching(/^[!-~]{1,12}$/);
const md5 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const write = fc.record(
    {
        metadata: fc.dictionary(key, value, { maxKeys: 4 }).filter(hasDistinctNames),
        tags: fc.dictionary(printable.filter(Boolean), printable, { minKeys: 1, maxKeys: 3 }),
        tier: fc.constantFrom("Hot", "Cool", "Cold"),
        conditions: fc.record({ ifMatch: value, ifNoneMatch: fc.constant("*") }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
);
const headers = fc.record(
    {
        blobContentType: value,
        blobContentEncoding: value,
        blobContentLanguage: value,
        blobContentDisposition: value,
        blobCacheControl: value,
        blobContentMD5: md5,
    },
    { requiredKeys: [] },
);

function hasDistinctNames(metadata: Record<string, string>): boolean {
    const names = Object.keys(metadata).map((name) => name.toLowerCase());
    return new Set(names).size === names.length;
}

type Call = (client: BlockBlobClient) => Promise<unknown>;

const source = "https://y.blob.core.windows.net/c/b";
const calls: fc.Arbitrary<Call> = fc.oneof(
    fc.tuple(write, headers, fc.uint8Array({ maxLength: 20 })).map(
        ([options, blobHTTPHeaders, body]): Call =>
            (client) =>
                client.upload(body, body.length, { ...options, blobHTTPHeaders }),
    ),
    fc.tuple(write, headers, md5).map(
        ([options, blobHTTPHeaders, sourceContentMD5]): Call =>
            (client) =>
                client.syncUploadFromURL(source, {
                    ...options,
                    blobHTTPHeaders,
                    sourceContentMD5,
                    copySourceBlobProperties: false,
                }),
    ),
    fc.tuple(write, md5).map(
        ([options, sourceContentMD5]): Call =>
            (client) =>
                client.syncCopyFromURL(source, { ...options, sourceContentMD5 }),
    ),
    fc.tuple(fc.base64String({ minLength: 4 }), fc.uint8Array({ minLength: 1, maxLength: 20 }), md5).map(
        ([id, body, transactionalContentMD5]): Call =>
            (client) =>
                client.stageBlock(id, body, body.length, { transactionalContentMD5 }),
    ),
    fc.tuple(fc.base64String({ minLength: 4 }), fc.nat(), fc.integer({ min: 1 })).map(
        ([id, offset, count]): Call =>
            (client) =>
                client.stageBlockFromURL(id, source, offset, count),
    ),
    fc.tuple(fc.integer({ min: 1 }), value).map(
        ([offset, ifMatch]): Call =>
            (client) =>
                client.download(offset, undefined, { conditions: { ifMatch } }),
    ),
);

describe("a lean client of a blob", () => {
    it("sends what the SDK's sends", async () => {
        await fc.assert(
            fc.asyncProperty(blobName, calls, async (name, call) => {
                const [lean, full] = [await clientOf(name, true), await clientOf(name, false)];
                await call(lean.client);
                await call(full.client);
                expect(lean.sent.map(told)).to.deep.equal(full.sent.map(told));
            }),
        );
    });

    it("has the SDK's address of the blob, and all else from the SDK", async () => {
        await fc.assert(
            fc.asyncProperty(blobName, async (name) => {
                const [lean, full] = [await clientOf(name, true), await clientOf(name, false)];
                expect(lean.client.url).to.equal(full.client.url);
                expect(lean.client.name).to.equal(full.client.name);
                await lean.client.setAccessTier("Cool").catch(() => undefined);
                await full.client.setAccessTier("Cool").catch(() => undefined);
                expect(lean.sent.map(told)).to.deep.equal(full.sent.map(told));
            }),
        );
    });
});
