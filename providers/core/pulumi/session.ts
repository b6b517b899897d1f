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

const stopping = new AbortController();
const stopSignals = ["SIGINT", "SIGTERM"] as const;
let working = 0;

/**
 * Aborted when the provider process is told to stop while it works (the second Ctrl-C: the engine then gives it five
 * seconds), so that the copies in flight end and what was done is written down.
 */
export function processSignal(): AbortSignal {
    return stopping.signal;
}

/**
 * Does work that `processSignal` ends in order. Without any such work a signal ends the process at once, as usual: at
 * the end of each command the engine sends one too, and waits five seconds for a plugin that stays.
 */
export async function endingInOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    if (working === 0) stopSignals.forEach((signal) => process.once(signal, stop));
    working += 1;
    try {
        return await work();
    } finally {
        working -= 1;
        if (working === 0) stopSignals.forEach((signal) => process.off(signal, stop));
    }
}

function stop(): void {
    stopping.abort();
}
