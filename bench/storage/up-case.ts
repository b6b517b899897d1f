import { join } from "node:path";
import { Stack } from "../../engine-support/index.js";
import { cannotOnAzurite, small, smallFlags } from "./azurite-cases.js";
import type { Case, Client, Figures } from "./case.js";
import { ours, rclone } from "./clients.js";
import { startIdentity } from "./identity.js";
import { accountKey, type Place } from "./place.js";
import { betweenTwo } from "./places.js";
import type { Content } from "./seed.js";

const replica = `
    import * as dataplane from "pulumi-azure-dataplane";
    new dataplane.storage.Blobs("blobs", {
        source: "https://benchsource.blob.core.windows.net",
        target: "https://benchtarget.blob.core.windows.net",
        mode: "replication",
    });
`;
const emptyProgram = "export {};";

/**
 * The small blobs by the real engine, beside the same without it (`withoutEngine`), beside rclone, and beside an update
 * of a program that declares nothing (`emptyProgram`). Of the engine, only the time is measured.
 */
export function throughEngine(name: string, content: Content, flags: readonly string[]): Case {
    return {
        name,
        cannot: cannotOnAzurite,
        derive: ({ ours: update, withoutEngine, emptyProgram: empty }) => ({
            addedToClient: (update?.["wall"] ?? NaN) - (withoutEngine?.["wall"] ?? NaN),
            addedToEngine: (update?.["wall"] ?? NaN) - (empty?.["wall"] ?? NaN),
        }),
        async prepare(stack) {
            const onPlace = await betweenTwo(stack, content);
            const update = (client: string, program: string): Client => ({
                name: client,
                run: () => onPlace({ run: (place) => runUpdate(program, place) }),
            });
            return [
                update("ours", replica),
                { ...ours(onPlace, { signs: true }), name: "withoutEngine" },
                update("emptyProgram", emptyProgram),
                rclone(onPlace, flags),
            ];
        },
    };
}

export const upCase = throughEngine("up", small, smallFlags);

/** The first `pulumi up` of a new stack, from the start of the command to its end. */
async function runUpdate(program: string, place: Place): Promise<Figures> {
    await using identity = await startIdentity();
    await using stack = await Stack.create({
        program,
        project: "bench",
        environment: {
            ...identity.environment,
            BENCH_ROUTES: JSON.stringify({ ...place, key: accountKey, signs: true }),
            NODE_OPTIONS: `--require=${join(__dirname, "up-preload.cjs")}`,
        },
    });
    const started = performance.now();
    const { exitCode, stdout, stderr } = await stack.up();
    const wall = (performance.now() - started) / 1000;
    if (exitCode !== 0) throw new Error(`pulumi up ended with ${exitCode}:\n${stdout}\n${stderr}`);
    return { wall };
}
