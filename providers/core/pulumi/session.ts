import type { ElementEntry } from "../registry.js";
import type { CredentialSettings } from "../credentials/settings.js";
import { openStore, type OpenedStore } from "../open.js";
import type { Side } from "../contract.js";
import type { ReplicaArguments } from "./arguments.js";

/** Opens one side of a replica. */
export function openSide(
    entry: ElementEntry,
    side: Side,
    parsed: ReplicaArguments,
    settings: CredentialSettings,
    signal: AbortSignal,
): Promise<OpenedStore> {
    return openStore({
        plugin: entry.plugin,
        element: entry.element,
        reference: side === "source" ? parsed.source : parsed.target,
        side,
        mode: parsed.mode,
        profileName: side === "source" ? parsed.sourceProfile : parsed.targetProfile,
        options: parsed.options,
        settings,
        signal,
    });
}

let stopping: AbortController | undefined;

/**
 * Aborted when the provider process is told to stop (the second Ctrl-C: the engine then gives it five seconds), so
 * that the copies in flight end and what was done is written down.
 */
export function processSignal(): AbortSignal {
    if (stopping === undefined) {
        const controller = (stopping = new AbortController());
        const stop = () => {
            controller.abort();
        };
        process.once("SIGINT", stop).once("SIGTERM", stop);
    }
    return stopping.signal;
}
