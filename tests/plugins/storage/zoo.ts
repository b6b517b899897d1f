import { createHash } from "node:crypto";
import type { BlobHTTPHeaders, BlobServiceClient, ContainerClient } from "@azure/storage-blob";
import { carriedMetadata } from "../../conformance/fixtures/shared/storage-account.js";

/** The containers of a zoo: they must be there. */
export const zooContainers = ["$web", "photos", "photos-old"];
/** An encryption scope that some of its blobs are encrypted with. */
export const zooScope = "finance";

const names = [
    "plain.txt",
    "folder/deep/er/x.bin",
    "grüße/日本語.txt",
    "with space & sign+%41#?.txt",
    `${"long/".repeat(40)}end`,
    "\u{1f511}-key",
    "dot.",
    "UPPER/lower",
];
const headers: readonly BlobHTTPHeaders[] = [
    {},
    { blobContentType: "text/html; charset=utf-8" },
    { blobContentEncoding: "gzip", blobContentLanguage: "de-DE" },
    { blobContentDisposition: 'attachment; filename="a b.txt"', blobCacheControl: "public, max-age=60" },
    {
        blobContentType: "application/json",
        blobContentEncoding: "identity",
        blobContentLanguage: "en",
        blobContentDisposition: "inline",
        blobCacheControl: "no-store",
    },
];
const metadata: readonly Record<string, string>[] = [
    {},
    { Owner: "Finance", under_score: "with spaces" },
    { value: "a=b&c;d,e", n1: "%20" },
];
const tags: readonly Record<string, string>[] = [
    {},
    { stage: "one" },
    { "cost centre": "a+b/=", x: "1.5:2" },
];
const tiers = ["", "Cool", "Cold", "Hot"];
const kinds = ["put", "blocks", "append", "page", "sealed", "put"] as const;
const sizes = [0, 1, 511, 4096, 70_000];

function pick<T>(from: readonly T[], number: number): T {
    const one = from[number % from.length];
    if (one === undefined) throw new Error("there is nothing to pick");
    return one;
}

function content(seed: string, bytes: number): Buffer {
    const block = createHash("sha512").update(seed).digest();
    return Buffer.alloc(bytes, block);
}

/** Makes blobs of every kind and with every property, alike for the same number; every ninth has snapshots. */
export async function fillZoo(service: BlobServiceClient, count: number): Promise<void> {
    for (let number = 0; number < count; number += 1) {
        const container = service.getContainerClient(pick(zooContainers, number));
        const name = `${String(number).padStart(3, "0")}/${pick(names, number)}`;
        await makeBlob(container, name, number, "first");
        if (number % 9 !== 0) continue;
        for (const again of ["second", "third"]) {
            const { snapshot = "" } = await container.getBlobClient(name).createSnapshot();
            // The service tells snapshots apart by their time.
            while (Date.now() <= new Date(snapshot).getTime()) await new Promise(setImmediate);
            await makeBlob(container, name, number, again);
        }
        await protect(container, name, number);
    }
}

/** Some blobs have a policy, some a legal hold, and a few both: that comes last, as they can't be changed then. */
async function protect(box: ContainerClient, name: string, number: number): Promise<void> {
    const blob = box.getBlobClient(name);
    if (number % 7 === 0) {
        const expiriesOn = new Date(Date.UTC(2040, 0, 1 + (number % 28)));
        await blob.setImmutabilityPolicy({ expiriesOn, policyMode: "Unlocked" });
    }
    if (number % 11 === 0) await blob.setLegalHold(true);
}

async function makeBlob(box: ContainerClient, name: string, number: number, seed: string): Promise<void> {
    const data = content(`${name} ${seed}`, pick(sizes, number + (seed === "first" ? 0 : 3)));
    const options = {
        blobHTTPHeaders: pick(headers, number),
        metadata: { ...pick(metadata, number), seed },
        tags: pick(tags, number >> 1),
    };
    const tier = pick(tiers, number >> 2);
    const kind = pick(kinds, number);
    if (kind === "put" || kind === "blocks") {
        const blob = box.getBlockBlobClient(name);
        const all = { ...options, ...(tier === "" ? {} : { tier }) };
        if (kind === "put") {
            const scope = number % 5 === 0 ? { encryptionScope: zooScope } : {};
            await blob.upload(data, data.length, { ...all, ...scope });
            return;
        }
        const ids = [0, 1].map((part) => Buffer.from(`block-${String(part)}`).toString("base64"));
        const half = data.length >> 1;
        for (const [part, id] of ids.entries()) {
            const body = part === 0 ? data.subarray(0, half) : data.subarray(half);
            if (body.length > 0) await blob.stageBlock(id, body, body.length);
        }
        const staged = data.length === 0 ? [] : half === 0 ? ids.slice(1) : ids;
        await blob.commitBlockList(staged, all);
    } else if (kind === "page") {
        const blob = box.getPageBlobClient(name);
        await blob.create(1024 * 1024, { ...options, blobSequenceNumber: number });
        const pages = content(name, 512 * (1 + (number % 3)));
        for (const offset of [512, 4096 * (1 + (number % 50))])
            await blob.uploadPages(pages, offset, pages.length);
    } else {
        const blob = box.getAppendBlobClient(name);
        await blob.create(options);
        if (data.length > 0) await blob.appendBlock(data, data.length);
        const md5 = createHash("md5").update(data).digest();
        // A blob without any type is the one thing that a copy can't be: writing one gives it the service's default.
        const blobContentType = "application/octet-stream";
        await blob.setHTTPHeaders({ blobContentType, ...options.blobHTTPHeaders, blobContentMD5: md5 });
        if (kind === "sealed") await blob.seal();
    }
}

/** Everything that a copy must have, as the official client tells it, by container, name and number of the snapshot. */
export async function readZoo(service: BlobServiceClient): Promise<Map<string, Record<string, unknown>>> {
    const zoo = new Map<string, Record<string, unknown>>();
    for (const containerName of zooContainers) {
        const container = service.getContainerClient(containerName);
        const listed: { name: string; snapshot: string }[] = [];
        for await (const { name, snapshot } of container.listBlobsFlat({ includeSnapshots: true })) {
            listed.push({ name, snapshot: snapshot || "~" });
        }
        // A blob comes after its snapshots, which are counted.
        listed.sort((a, b) => (`${a.name}\n${a.snapshot}` < `${b.name}\n${b.snapshot}` ? -1 : 1));
        const seen = new Map<string, number>();
        for (const { name, snapshot } of listed) {
            const number = (seen.get(name) ?? 0) + 1;
            seen.set(name, number);
            const base = container.getBlobClient(name);
            const client = snapshot === "~" ? base : base.withSnapshot(snapshot);
            zoo.set(`${containerName}/${name} ${String(number)}`, {
                ...(await readBlob(client)),
                tags: snapshot === "~" ? (await base.getTags()).tags : {},
            });
        }
    }
    return zoo;
}

async function readBlob(
    client: ReturnType<ContainerClient["getBlobClient"]>,
): Promise<Record<string, unknown>> {
    const found = await client.getProperties();
    const data = found.contentLength === 0 ? Buffer.alloc(0) : await client.downloadToBuffer();
    const { azure_dataplane_snapshot: _mark, ...carried } = carriedMetadata(found.metadata);
    return {
        content: createHash("sha256").update(data).digest("hex"),
        bytes: found.contentLength,
        blobType: found.blobType,
        type: found.contentType,
        encoding: found.contentEncoding,
        language: found.contentLanguage,
        disposition: found.contentDisposition,
        cacheControl: found.cacheControl,
        md5: found.contentMD5 && Buffer.from(found.contentMD5).toString("hex"),
        metadata: carried,
        tier: found.accessTierInferred === true ? undefined : found.accessTier,
        sealed: found.isSealed === true,
        until: found.immutabilityPolicyExpiresOn?.toISOString(),
        mode: found.immutabilityPolicyMode,
        hold: found.legalHold === true,
        scope: found.encryptionScope,
        sequenceNumber: found.blobSequenceNumber,
        ranges: found.blobType === "PageBlob" ? await ranges(client) : undefined,
    };
}

async function ranges(client: ReturnType<ContainerClient["getBlobClient"]>): Promise<string[]> {
    const found: string[] = [];
    for await (const { start, end } of client.getPageBlobClient().listPageRanges()) {
        const last = found.at(-1);
        if (last?.endsWith(`-${String(start - 1)}`) === true) {
            found[found.length - 1] = `${last.split("-")[0] ?? ""}-${String(end)}`;
        } else found.push(`${String(start)}-${String(end)}`);
    }
    return found;
}
