import { DataplaneError, isDataplaneError } from "../errors.js";
import { isCopyRefused } from "./refused.js";
import type { Timing } from "./timing.js";
import { throwIfCancelled } from "./timing.js";

/**
 * A role assignment takes up to ten minutes to act
 * (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected),
 * so a denial at the target is waited for: every 2 seconds at first, every 15 at last.
 */
const firstDelayMilliseconds = 2_000;
const lastDelayMilliseconds = 15_000;

export interface AccessWaitOptions {
    readonly timeoutMilliseconds: number;
    readonly timing: Timing;
    readonly signal: AbortSignal;
    /** The role that is missing, such as `Key Vault Secrets Officer`. */
    readonly role: string;
    readonly onWaiting: (message: string) => void;
}

/**
 * Runs calls to the target and repeats those that are denied, until a deadline that all of them share: it runs from
 * the first denial. All callers wait for the same moment, so that a missing role costs one call each per round.
 */
export class AccessWait {
    readonly #options: AccessWaitOptions;
    #deniedAt: number | undefined;
    #delay = firstDelayMilliseconds;
    #pause: Promise<void> | undefined;

    constructor(options: AccessWaitOptions) {
        this.#options = options;
    }

    /** @param alsoUnreachable wait for a resource that was just made and whose name does not resolve yet. */
    async run<T>(call: () => Promise<T>, alsoUnreachable = false): Promise<T> {
        for (;;) {
            throwIfCancelled(this.#options.signal);
            if (this.#pause !== undefined) await this.#pause;
            try {
                return await call();
            } catch (error) {
                if (!isWaitedFor(error, alsoUnreachable)) throw error;
                await this.#wait(error);
            }
        }
    }

    async #wait(error: DataplaneError): Promise<void> {
        const { timing, timeoutMilliseconds } = this.#options;
        this.#deniedAt ??= timing.now();
        const left = this.#deniedAt + timeoutMilliseconds - timing.now();
        if (left <= 0) throw this.#expired(error);
        this.#pause ??= this.#sleep(Math.min(left, this.#delay), error).finally(() => {
            this.#pause = undefined;
        });
        await this.#pause;
    }

    async #sleep(milliseconds: number, error: DataplaneError): Promise<void> {
        const { timing, signal, role, onWaiting } = this.#options;
        const seconds = Math.round((timing.now() - (this.#deniedAt ?? timing.now())) / 1000);
        onWaiting(
            error.code === "AccessDenied"
                ? `waiting for role ${role} to act (${String(seconds)} s)`
                : `waiting for the target to be reachable (${String(seconds)} s)`,
        );
        this.#delay = Math.min(this.#delay * 1.5, lastDelayMilliseconds);
        await timing.sleep(milliseconds, signal);
    }

    /** Says which role to assign where the service's own error does not. */
    #expired(error: DataplaneError): DataplaneError {
        if (error.code !== "AccessDenied" || error.detail.remedy !== undefined) return error;
        return new DataplaneError(error.code, error.message, {
            ...error.detail,
            remedy: `Assign the role ${this.#options.role} at the target, or a role with the same rights.`,
            cause: error.cause,
        });
    }
}

function isWaitedFor(error: unknown, alsoUnreachable: boolean): error is DataplaneError {
    if (!isDataplaneError(error) || error.detail.side === "source" || isCopyRefused(error)) return false;
    return error.code === "AccessDenied" || (alsoUnreachable && error.code === "Unreachable");
}
