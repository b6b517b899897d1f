import type { Case } from "../case.js";
import { azcopy, ours, type OnPlace } from "../clients.js";
import type { Content } from "../seed.js";
import { fidelityOf, seed } from "./contents.js";
import { official, startFiles } from "./place.js";
import { secondAddress } from "./second-address.js";

const mebibyte = 1024 * 1024;

/** All that AzCopy can carry of a file; it has the service copy each range, however small. */
const everything = ["--preserve-info=true", "--preserve-permissions=true"];

/** To AzCopy the two accounts are on two hosts, as in Azure: on one it takes keys of permissions for good in both. */
function onTwoHosts(onPlace: OnPlace): OnPlace {
    return (work) =>
        onPlace({
            ...work,
            run: ({ source, target }) => {
                const origin = target.origin.replace("127.0.0.1", secondAddress);
                return work.run({ source, target: { ...target, origin } });
            },
        });
}

/** Files between two accounts of the local Azure, which a new process is for every run. */
export function betweenShares(name: string, content: Content): Case {
    const onPlace: OnPlace = async (work) => {
        const server = await startFiles();
        try {
            const place = {
                source: { origin: server.origin, account: "benchsource" },
                target: { origin: server.origin, account: "benchtarget" },
            };
            const [source, target] = [official(place.source), official(place.target)];
            await Promise.all([seed(source, content), target.create()]);
            const before = await server.figures();
            const figures = await work.run(place);
            const after = await server.figures();
            return {
                ...figures,
                requestsPerFile: after.requests / content.blobs,
                serverCpu: after.cpu - before.cpu,
                ...(await fidelityOf(source, target)),
            };
        } finally {
            await server.stop();
        }
    };
    return {
        name,
        cannot: { rclone: "its own backend for Azure Files moves the data through itself, without metadata" },
        prepare: () =>
            Promise.resolve([
                ours(onPlace, { element: "files", signs: false }),
                azcopy(onTwoHosts(onPlace), { service: "file", flags: everything }),
            ]),
    };
}

export const fileCases: readonly Case[] = [
    betweenShares("files-small", { blobs: 1_000, bytes: 4 * 1024 }),
    betweenShares("files-big", { blobs: 2, bytes: 256 * mebibyte }),
];
