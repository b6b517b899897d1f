import type { Case } from "./case.js";
import { azcopy, ours, rclone, type OnPlace } from "./clients.js";
import type { OurOptions } from "./ours.js";
import type { AzcopySettings } from "./peers/azcopy.js";
import { startStub, type StubShape } from "./servers.js";

const mebibyte = 1024 * 1024;

interface Clients {
    readonly rclone: { readonly flags: readonly string[]; readonly once?: boolean };
    readonly azcopy?: AzcopySettings;
    readonly ours?: Omit<OurOptions, "signs">;
    readonly group?: string;
}

/** Both accounts on one stub, which a new process is for every run. */
export function onStub(name: string, shape: StubShape, clients: Clients): Case {
    const onPlace: OnPlace = async (work) => {
        const server = await startStub(shape);
        try {
            const figures = await work.run({
                source: { origin: server.origin, account: "benchsource" },
                target: { origin: server.origin, account: "benchtarget" },
            });
            const { requests, cpu } = await server.figures();
            return {
                ...figures,
                blobsPerSecond: shape.blobs / (figures["wall"] ?? NaN),
                requestsPerBlob: requests / shape.blobs,
                serverCpu: cpu,
            };
        } finally {
            await server.stop();
        }
    };
    const { flags, once } = clients.rclone;
    const own = ours(onPlace, { ...clients.ours, signs: false }, ({ summary: { created, same } }) => {
        if (created + same !== shape.blobs) throw new Error(`${created + same} blobs of ${shape.blobs}`);
    });
    return {
        name,
        ...(clients.group === undefined ? {} : { group: clients.group }),
        prepare: () =>
            Promise.resolve([
                own,
                rclone(onPlace, flags, once === undefined ? {} : { once }),
                ...(clients.azcopy === undefined ? [] : [azcopy(onPlace, clients.azcopy)]),
            ]),
    };
}

const many = { flags: ["--transfers", "256", "--checkers", "256", "--fast-list", "--metadata"] };
const blocks = { flags: ["--azureblob-chunk-size", "8Mi", "--metadata"] };
const large = { blobs: 4, bytes: 1024 * mebibyte, delay: 10, copied: false };

export const stubCases: readonly Case[] = [
    onStub("listing", { blobs: 200_000, bytes: 4_096, delay: 0, copied: true }, { rclone: many }),
    onStub(
        "server-side",
        { blobs: 20_000, bytes: 4_096, delay: 10, copied: false },
        { rclone: many, azcopy: { flags: [] } },
    ),
    onStub("server-side-one-call", large, {
        rclone: blocks,
        // It wants memory for whole calls, though the data never come here; it panics where a block is smaller than a call.
        azcopy: { flags: ["--put-blob-size-mb", "1024", "--block-size-mb", "1024"], bufferGigabytes: 8 },
    }),
    onStub("server-side-blocks", large, {
        rclone: blocks,
        azcopy: { flags: ["--block-size-mb", "8"] },
        ours: { sizes: { oneCall: 8 * mebibyte, copiedBlock: 8 * mebibyte, copiedBlocksAtOnce: 128 } },
    }),
];
