import type { Case, Client } from "./case.js";
import { fidelityOf } from "./fidelity.js";
import { runOurs } from "./ours.js";
import { containerName, official, type Place } from "./place.js";
import { prepareRclone, runRclone } from "./peers/rclone.js";
import { seed, type Content } from "./seed.js";
import { startAzurite, type Server } from "./servers.js";

/** The best that are known for each. */
const smallFlags = ["--transfers", "64", "--checkers", "64", "--fast-list"];
const bigFlags = [
    "--transfers",
    "32",
    "--azureblob-chunk-size",
    "8Mi",
    "--azureblob-upload-concurrency",
    "8",
];
/** Without it rclone asks one server to read from the other, which Azurite can't, and then each blob fails. */
const betweenServers = ["--disable", "copy"];

/** Between two Azurites, each in a process of its own; the target's is new and empty for every run. */
function betweenTwo(name: string, content: Content, flags: readonly string[]): Case {
    return {
        name,
        async prepare(stack) {
            prepareRclone();
            const server = await started(stack, ["benchsource"]);
            const source = { origin: server.origin, account: "benchsource" };
            await seed(source, content);
            const withTarget = async (run: (place: Place) => Promise<Record<string, number>>) => {
                const target = await startAzurite(["benchtarget"]);
                try {
                    const place = { source, target: { origin: target.origin, account: "benchtarget" } };
                    await official(place.target).getContainerClient(containerName).create();
                    return await counted([server, target], content, place, run);
                } finally {
                    await target.stop();
                }
            };
            const peer = [...flags, ...betweenServers, "--multi-thread-streams", "0", "--metadata"];
            return clients(withTarget, peer);
        },
    };
}

/** One Azurite with two accounts: the service can copy by itself. */
function sameServer(name: string, content: Content, flags: readonly string[]): Case {
    return {
        name,
        prepare() {
            prepareRclone();
            const run = async (work: (place: Place) => Promise<Record<string, number>>) => {
                const server = await startAzurite(["benchsource", "benchtarget"]);
                try {
                    const place = {
                        source: { origin: server.origin, account: "benchsource" },
                        target: { origin: server.origin, account: "benchtarget" },
                    };
                    await seed(place.source, content);
                    await official(place.target).getContainerClient(containerName).create();
                    return await counted([server], content, place, work);
                } finally {
                    await server.stop();
                }
            };
            return Promise.resolve(clients(run, [...flags, "--metadata"]));
        },
    };
}

type OnPlace = (run: (place: Place) => Promise<Record<string, number>>) => Promise<Record<string, number>>;

function clients(onPlace: OnPlace, flags: readonly string[]): Client[] {
    return [
        {
            name: "ours",
            run: () =>
                onPlace(async (place) => {
                    const { told, wall, cpu, memory } = await runOurs(place, { signs: true });
                    return { wall, cpu, memory, state: told.state };
                }),
        },
        {
            name: "rclone",
            run: () =>
                onPlace(async (place) => {
                    const { wall, cpu, memory } = await runRclone(place, flags);
                    return { wall, cpu, memory };
                }),
        },
    ];
}

/** Adds what the servers saw and how true the copies are. */
async function counted(
    servers: readonly Server[],
    content: Content,
    place: Place,
    run: (place: Place) => Promise<Record<string, number>>,
): Promise<Record<string, number>> {
    const before = await Promise.all(servers.map((server) => server.figures()));
    const figures = await run(place);
    const after = await Promise.all(servers.map((server) => server.figures()));
    const sum = (of: (index: number) => number): number =>
        servers.reduce((total, _, index) => total + of(index), 0);
    const { kept, identical } = await fidelityOf(place);
    return {
        ...figures,
        requestsPerBlob: sum((index) => after[index]?.requests ?? NaN) / content.blobs,
        serverCpu: sum((index) => (after[index]?.cpu ?? NaN) - (before[index]?.cpu ?? NaN)),
        kept,
        identical,
    };
}

async function started(stack: AsyncDisposableStack, accounts: readonly string[]): Promise<Server> {
    const server = await startAzurite(accounts);
    stack.defer(() => server.stop());
    return server;
}

export const azuriteCases: readonly Case[] = [
    betweenTwo("small", { blobs: 2_000, bytes: 4 * 1024 }, smallFlags),
    betweenTwo("big", { blobs: 4, bytes: 256 * 1024 * 1024 }, bigFlags),
    sameServer("same-account", { blobs: 2_000, bytes: 4 * 1024 }, smallFlags),
];
