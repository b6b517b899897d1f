// A storage service without any data, in a process of its own: lists as many blobs as it is told, and answers every copy
// after some milliseconds as done. What limits a client here is the client.

import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import process from "node:process";
import { setTimeout } from "node:timers";
import { URL } from "node:url";

/**
 * @typedef {object} Shape
 * @property {number} blobs How many there are in the source's container.
 * @property {number} bytes How large each is.
 * @property {number} delay Milliseconds before a copy is answered.
 * @property {boolean} copied The target's container holds all of them already.
 */

/** @type {Shape} */
const shape = JSON.parse(process.argv[2] ?? "");
const perPage = 5_000;
const created = "Thu, 01 Jan 2026 00:00:00 GMT";
/** In all accounts; rclone would add it, and compares by it. */
const modified = "2026-01-01T00:00:00.000000000Z";

/** https://learn.microsoft.com/rest/api/storageservices/get-account-information; AzCopy asks whether there are tiers. */
const account = {
    "x-ms-sku-name": "Standard_LRS",
    "x-ms-account-kind": "StorageV2",
    "x-ms-is-hns-enabled": "false",
};

/** When each blob was written to the target, in HTTP's format, by its number. */
const written = new Map();
let requests = 0;

const nameOf = (number) => `blob-${String(number).padStart(8, "0")}`;
const numberOf = (path) => Number(/blob-(\d+)$/.exec(path)?.[1] ?? Number.NaN);

function md5Of(number) {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32BE(number);
    return bytes.toString("base64");
}

/** What is known of a blob on one side; undefined where it is not there. */
function blobAt(isSource, number) {
    if (isSource) return { etag: `0xA${number}`, date: created };
    if (written.has(number)) return { etag: `0xC${number}`, date: written.get(number) };
    return shape.copied ? { etag: `0xB${number}`, date: created } : undefined;
}

function page(isSource, url) {
    const start = Number(url.searchParams.get("marker") ?? 0);
    const end = Math.min(start + Number(url.searchParams.get("maxresults") ?? perPage), shape.blobs);
    const blobs = [];
    for (let number = start; number < end; number += 1) {
        const blob = blobAt(isSource, number);
        if (blob === undefined) continue;
        blobs.push(
            `<Blob><Name>${nameOf(number)}</Name><Properties><Creation-Time>${created}</Creation-Time>`,
            `<Last-Modified>${blob.date}</Last-Modified><Etag>${blob.etag}</Etag>`,
            `<Content-Length>${shape.bytes}</Content-Length><Content-Type>image/jpeg</Content-Type>`,
            `<Content-Encoding /><Content-Language /><Content-CRC64 /><Content-MD5>${md5Of(number)}</Content-MD5>`,
            `<Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>`,
            `<AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus>`,
            `<LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties>`,
            `<Metadata><owner>bench</owner><mtime>${modified}</mtime></Metadata><OrMetadata /></Blob>`,
        );
    }
    const next = end < shape.blobs ? String(end) : "";
    return (
        `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://127.0.0.1/" ` +
        `ContainerName="data"><Blobs>${blobs.join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`
    );
}

function answer(response, status, headers = {}, body = "") {
    response.writeHead(status, { "x-ms-request-id": "stub", "x-ms-version": "2026-10-06", ...headers });
    response.end(body);
}

function absent(response) {
    const body = "<?xml version='1.0'?><Error><Code>BlobNotFound</Code><Message>Not there.</Message></Error>";
    answer(response, 404, { "x-ms-error-code": "BlobNotFound", "content-type": "application/xml" }, body);
}

function read(response, isSource, url, number) {
    if (url.searchParams.get("comp") === "list") {
        answer(response, 200, { "content-type": "application/xml" }, page(isSource, url));
        return;
    }
    if (url.searchParams.get("restype") === "account") {
        answer(response, 200, account);
        return;
    }
    if (Number.isNaN(number)) {
        answer(response, 200, { etag: '"0x1"', "last-modified": created });
        return;
    }
    const blob = blobAt(isSource, number);
    if (blob === undefined) {
        absent(response);
        return;
    }
    answer(response, 200, {
        "content-length": shape.bytes,
        "content-type": "image/jpeg",
        "content-md5": md5Of(number),
        etag: `"${blob.etag}"`,
        "last-modified": blob.date,
        "x-ms-blob-type": "BlockBlob",
        "x-ms-copy-status": "success",
        "x-ms-copy-id": "stub",
        "x-ms-meta-owner": "bench",
        "x-ms-meta-mtime": modified,
    });
}

function write(response, url, number, isCopy) {
    const part = url.searchParams.get("comp");
    if (Number.isNaN(number) || part === "block") {
        answer(response, 201, { etag: '"0x1"' });
        return;
    }
    const date = new Date().toUTCString();
    if (part === null || part === "blocklist") written.set(number, date);
    answer(response, part === null && isCopy ? 202 : part === "blocklist" || part === null ? 201 : 200, {
        etag: `"0xC${number}"`,
        "last-modified": written.get(number) ?? date,
        "x-ms-copy-id": "stub",
        "x-ms-copy-status": "success",
    });
}

const server = createServer((request, response) => {
    requests += 1;
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const isSource = url.pathname.startsWith("/benchsource/");
    const number = numberOf(url.pathname);
    if (request.method === "GET" || request.method === "HEAD") {
        if (url.searchParams.get("comp") === "blocklist") absent(response);
        else read(response, isSource, url, number);
        return;
    }
    const { headers } = request;
    // Copy Blob says 202; the synchronous ones, which name the kind of blob or ask for it, say 201.
    const isCopy =
        headers["x-ms-copy-source"] !== undefined &&
        headers["x-ms-blob-type"] === undefined &&
        headers["x-ms-requires-sync"] === undefined;
    request.resume();
    const isSlow = headers["x-ms-copy-source"] !== undefined;
    setTimeout(() => write(response, url, number, isCopy), isSlow ? shape.delay : 0);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));

process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ requests, cpu: (user + system) / 1_000_000 });
    requests = 0;
});
process.on("disconnect", () => process.exit());
