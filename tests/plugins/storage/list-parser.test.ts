import { createHttpHeaders, type HttpClient, type PipelineRequest } from "@azure/core-rest-pipeline";
import { BlobServiceClient, type BlobItem } from "@azure/storage-blob";
import { expect } from "chai";
import fc from "fast-check";
import { storageClientOptions } from "../../../providers/core/http/client.js";
import { parseListing } from "../../../providers/storage/list-parser.js";
import { openWire } from "../../../providers/storage/wire.js";

/** A blob with everything, of a kind that a service may list. */
const full = `<Blob><Name>a &amp; b/ü 1.jpg</Name><Snapshot>2026-01-02T03:04:05.0000000Z</Snapshot><Properties>
<Creation-Time>Thu, 01 Oct 2026 10:00:00 GMT</Creation-Time><Last-Modified>Fri, 02 Oct 2026 11:12:13 GMT</Last-Modified>
<Etag>0x8DD</Etag><Content-Length>4096</Content-Length><Content-Type>image/jpeg</Content-Type>
<Content-Encoding>gzip</Content-Encoding><Content-Language>de</Content-Language><Content-CRC64>abcd</Content-CRC64>
<Content-MD5>sQqNsWTgdUEFt6mb5y4/5Q==</Content-MD5><Content-Disposition>inline; filename=&quot;x&quot;</Content-Disposition>
<Cache-Control>max-age=1</Cache-Control><x-ms-blob-sequence-number>7</x-ms-blob-sequence-number>
<BlobType>PageBlob</BlobType><AccessTier>Archive</AccessTier><AccessTierInferred>true</AccessTierInferred>
<ArchiveStatus>rehydrate-pending-to-hot</ArchiveStatus><RehydratePriority>High</RehydratePriority>
<LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState><ServerEncrypted>true</ServerEncrypted>
<CustomerProvidedKeySha256>aGFzaA==</CustomerProvidedKeySha256><EncryptionScope>scope</EncryptionScope>
<TagCount>2</TagCount><Sealed>true</Sealed><IncrementalCopy>true</IncrementalCopy>
<ImmutabilityPolicyUntilDate>Sat, 03 Oct 2026 00:00:00 GMT</ImmutabilityPolicyUntilDate>
<ImmutabilityPolicyMode>unlocked</ImmutabilityPolicyMode><LegalHold>true</LegalHold></Properties>
<Metadata><First>1</First><empty/><third> spaced </third></Metadata>
<Tags><TagSet><Tag><Key>k 1</Key><Value>v=1</Value></Tag><Tag><Key>k2</Key><Value></Value></Tag></TagSet></Tags></Blob>`;

/** As bare as they come. */
const bare = `<Blob><Name>b</Name><Properties><Last-Modified>Fri, 02 Oct 2026 11:12:13 GMT</Last-Modified><Etag>0x1</Etag>
<Content-Length>0</Content-Length><Content-Type /><Content-Encoding/><Content-MD5/><BlobType>BlockBlob</BlobType>
</Properties></Blob>`;

function listing(blobs: string, marker = ""): string {
    return (
        `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://x/" ` +
        `ContainerName="c"><MaxResults>5000</MaxResults><Blobs>${blobs}</Blobs><NextMarker>${marker}</NextMarker>` +
        `</EnumerationResults>`
    );
}

/** The page as the SDK reads it, and what was asked for it. */
async function bySdk(xml: string): Promise<{ blobs: readonly BlobItem[]; request: PipelineRequest }> {
    const requests: PipelineRequest[] = [];
    const httpClient: HttpClient = {
        sendRequest(request) {
            requests.push(request);
            const headers = createHttpHeaders({ "content-type": "application/xml" });
            return Promise.resolve({ request, status: 200, headers, bodyAsText: xml });
        },
    };
    const service = new BlobServiceClient(
        "https://x.blob.core.windows.net",
        token,
        storageClientOptions({ httpClient }),
    );
    const page = await service.getContainerClient("c").listBlobsFlat().byPage().next();
    const [request] = requests;
    if (page.done === true || request === undefined) throw new Error("there is no page");
    return { blobs: page.value.segment.blobItems, request };
}

const token = { getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };

describe("a listing of blobs", () => {
    it("is read as the SDK reads it", async () => {
        const xml = listing(full + bare, "next/1");
        const page = parseListing(xml);
        const { blobs } = await bySdk(xml);
        expect(page.next).to.equal("next/1");
        expect(page.blobs.map(({ name }) => name)).to.deep.equal(blobs.map(({ name }) => name));
        for (const [index, { properties, metadata, tags, snapshot }] of page.blobs.entries()) {
            const expected = blobs[index];
            const theirs = expected?.properties as unknown as Record<string, unknown>;
            for (const [name, value] of Object.entries(properties)) {
                expect(plain(value), name).to.deep.equal(plain(theirs[name]));
            }
            expect(metadata).to.deep.equal(expected?.metadata ?? {});
            expect(tags).to.deep.equal(expected?.tags);
            expect(snapshot).to.equal(expected?.snapshot);
        }
        expect(Object.keys(page.blobs[0]?.properties ?? {})).to.have.lengthOf(24);
        expect(page.blobs[1]?.properties).to.have.all.keys(
            "lastModified",
            "etag",
            "contentLength",
            "blobType",
        );
    });

    it("keeps every name, as text or encoded", () => {
        const names = fc.string({ unit: "binary", minLength: 1 }).filter((name) => name.isWellFormed());
        const printable = names.filter((name) => !/\p{C}|\u2028/u.test(name));
        const escaped = (name: string): string =>
            name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
        fc.assert(
            fc.property(fc.array(printable), fc.array(names), (plainNames, encodedNames) => {
                const blobs = [
                    ...plainNames.map((name) => `<Blob><Name>${escaped(name)}</Name></Blob>`),
                    ...encodedNames.map(
                        (name) => `<Blob><Name Encoded="true">${encodeURIComponent(name)}</Name></Blob>`,
                    ),
                ];
                const read = parseListing(listing(blobs.join(""))).blobs.map(({ name }) => name);
                expect(read).to.deep.equal([...plainNames, ...encodedNames]);
            }),
        );
    });

    it("may be empty, and ends without a marker", () => {
        expect(parseListing(listing(""))).to.deep.equal({ blobs: [], next: undefined });
    });

    it("that breaks off, or is something else, is an error and never a short listing", () => {
        const whole = listing(full + bare, "next");
        fc.assert(
            fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
                expect(() => parseListing(whole.slice(0, length))).to.throw();
            }),
        );
        expect(() => parseListing("<html></html>")).to.throw("no listing");
    });

    it("is asked for in the version of the service that the SDK speaks", async () => {
        const sent: PipelineRequest[] = [];
        const httpClient: HttpClient = {
            sendRequest(request) {
                sent.push(request);
                return Promise.resolve({ request, status: 200, headers: createHttpHeaders() });
            },
        };
        const wire = await openWire({ credential: token, httpClient });
        const { signal } = new AbortController();
        await wire.send({ method: "GET", url: "https://x.blob.core.windows.net/c", signal });
        const { request } = await bySdk(listing(""));
        expect(sent[0]?.headers.get("x-ms-version")).to.equal(request.headers.get("x-ms-version"));
        expect(sent[0]?.headers.get("authorization")).to.equal("Bearer t");
    });
});

function plain(value: unknown): unknown {
    return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
