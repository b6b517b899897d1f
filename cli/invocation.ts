import type { Interrupt } from "./interrupt.js";
import type { Sink } from "./tenant.js";

/** How the command was called, as far as every subcommand needs it. */
export interface Invocation {
    readonly sink: Sink;
    readonly interrupt: Interrupt;
    /** Whether somebody can be asked. */
    readonly isTerminal: boolean;
}
