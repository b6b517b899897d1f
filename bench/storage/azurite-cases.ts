import type { Case } from "./case.js";
import { ours, rclone, type ClientOptions } from "./clients.js";
import { betweenTwo, onOne } from "./places.js";
import type { Content } from "./seed.js";

/** The best that are known for each. */
const manyAtOnce = ["--transfers", "64", "--checkers", "64", "--fast-list", "--metadata"];
const inBlocks = [
    ...["--transfers", "32", "--metadata", "--multi-thread-streams", "0"],
    ...["--azureblob-chunk-size", "8Mi", "--azureblob-upload-concurrency", "8"],
];
/** Without it rclone asks one server to read from the other, which Azurite can't, and then each blob fails. */
const betweenServers = ["--disable", "copy"];

/** What rclone is given for many small blobs between two Azurites. */
export const smallFlags = [...manyAtOnce, "--multi-thread-streams", "0", ...betweenServers];
/** As peers' users have them: many, and small. */
export const small: Content = { blobs: 2_000, bytes: 4 * 1024 };

/** https://github.com/Azure/Azurite#support-matrix; AzCopy's own error is an Internal Server Error for each blob. */
export const cannotOnAzurite = {
    azcopy: "it has the service copy, by Put Blob From URL and Put Block From URL, which Azurite does not have",
};

/** Between two Azurites: the data go through the client. */
export function throughClient(
    name: string,
    content: Content,
    flags: readonly string[],
    options: ClientOptions = {},
): Case {
    return {
        name,
        cannot: cannotOnAzurite,
        async prepare(stack) {
            const onPlace = await betweenTwo(stack, content);
            return [ours(onPlace, { signs: true, ...options }), rclone(onPlace, flags, options)];
        },
    };
}

/** In one Azurite: the service copies. */
function byService(name: string, content: Content, flags: readonly string[]): Case {
    return {
        name,
        cannot: cannotOnAzurite,
        prepare() {
            const onPlace = onOne(content);
            return Promise.resolve([ours(onPlace, { signs: true }), rclone(onPlace, flags)]);
        },
    };
}

export const azuriteCases: readonly Case[] = [
    throughClient("small", small, smallFlags),
    throughClient("small-nothing-to-do", small, smallFlags, { again: true }),
    throughClient("big", { blobs: 4, bytes: 256 * 1024 * 1024 }, [...inBlocks, ...betweenServers]),
    byService("same-account", small, manyAtOnce),
];
