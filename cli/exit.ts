/** Exit codes of the command; a promise to scripts. */
export const exitCodes = {
    done: 0,
    failed: 1,
    usage: 2,
    partial: 3,
    /** As shells have it for Ctrl-C: 128 and the signal's number. */
    interrupted: 130,
} as const;

/** How a run, or one resource in it, ended. */
export type Status = "success" | "partial" | "failed";

export function exitCodeOf(status: Status): number {
    return { success: exitCodes.done, partial: exitCodes.partial, failed: exitCodes.failed }[status];
}

/** The whole of several: `failed` only where nothing succeeded at all. */
export function overall(statuses: readonly Status[]): Status {
    if (statuses.every((status) => status === "success")) return "success";
    return statuses.every((status) => status === "failed") ? "failed" : "partial";
}

/** Ends the command with one sentence for people. */
export class CommandFailure extends Error {
    constructor(
        message: string,
        readonly exitCode: number = exitCodes.failed,
    ) {
        super(message);
        this.name = "CommandFailure";
    }
}

/** Arguments that are wrong or contradict each other: the usage is shown as well. */
export function usageFailure(message: string): CommandFailure {
    return new CommandFailure(message, exitCodes.usage);
}
