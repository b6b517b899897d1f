import type { Case, Client } from "./case.js";
import { runOurs, type OurOptions } from "./ours.js";
import type { Place } from "./place.js";
import { prepareRclone, runRclone } from "./peers/rclone.js";
import { startStub, type StubShape } from "./servers.js";

const mebibyte = 1024 * 1024;

/** Both accounts on one stub, which a new process is for every run. */
function onStub(
    name: string,
    shape: StubShape,
    flags: readonly string[],
    options: Omit<OurOptions, "signs"> = {},
): Case {
    const run = async (client: (place: Place) => Promise<Record<string, number>>) => {
        const server = await startStub(shape);
        try {
            const figures = await client({
                source: { origin: server.origin, account: "benchsource" },
                target: { origin: server.origin, account: "benchtarget" },
            });
            const { requests, cpu } = await server.figures();
            return {
                ...figures,
                blobsPerSecond: shape.blobs / (figures.wall ?? NaN),
                requestsPerBlob: requests / shape.blobs,
                serverCpu: cpu,
            };
        } finally {
            await server.stop();
        }
    };
    const ours: Client = {
        name: "ours",
        run: () =>
            run(async (place) => {
                const { told, wall, cpu, memory } = await runOurs(place, { ...options, signs: false });
                const { created, same } = told.summary;
                if (created + same !== shape.blobs)
                    throw new Error(`${created + same} blobs of ${shape.blobs}`);
                return { wall, cpu, memory, state: told.state };
            }),
    };
    const rclone: Client = {
        name: "rclone",
        run: () =>
            run(async (place) => {
                const { wall, cpu, memory } = await runRclone(place, flags);
                return { wall, cpu, memory };
            }),
    };
    return {
        name,
        prepare() {
            prepareRclone();
            return Promise.resolve([ours, rclone]);
        },
    };
}

const many = ["--transfers", "256", "--checkers", "256", "--fast-list", "--metadata"];
const blocks = ["--azureblob-chunk-size", "8Mi", "--metadata"];
const large = { blobs: 4, bytes: 1024 * mebibyte, delay: 10, copied: false };

export const stubCases: readonly Case[] = [
    onStub("listing", { blobs: 200_000, bytes: 4_096, delay: 0, copied: true }, many),
    onStub("server-side", { blobs: 20_000, bytes: 4_096, delay: 10, copied: false }, many),
    onStub("server-side-one-call", large, blocks),
    onStub("server-side-blocks", large, blocks, {
        sizes: { oneCall: 8 * mebibyte, copiedBlock: 8 * mebibyte, copiedBlocksAtOnce: 128 },
    }),
];
