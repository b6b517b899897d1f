import type { Figures } from "./case.js";
import type { OnPlace, Work } from "./clients.js";
import { fidelityOf } from "./fidelity.js";
import { containerName, official, type Place } from "./place.js";
import { seed, type Content } from "./seed.js";
import { startAzurite, type Server } from "./servers.js";

/** Two Azurites, each in a process of its own; the target's is new and empty for every run. */
export async function betweenTwo(stack: AsyncDisposableStack, content: Content): Promise<OnPlace> {
    const server = await startAzurite(["benchsource"]);
    stack.defer(() => server.stop());
    const source = { origin: server.origin, account: "benchsource" };
    await seed(source, content);
    return async (work) => {
        const target = await startAzurite(["benchtarget"]);
        try {
            const place = { source, target: { origin: target.origin, account: "benchtarget" } };
            await official(place.target).getContainerClient(containerName).create();
            return await counted([server, target], content, place, work);
        } finally {
            await target.stop();
        }
    };
}

/** One Azurite with two accounts, new for every run: the service can copy by itself. */
export function onOne(content: Content): OnPlace {
    return async (work) => {
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
}

/** Adds what the servers saw and how true the copies are. */
async function counted(
    servers: readonly Server[],
    content: Content,
    place: Place,
    work: Work,
): Promise<Figures> {
    await work.before?.(place);
    const before = await Promise.all(servers.map((server) => server.figures()));
    const figures = await work.run(place);
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
