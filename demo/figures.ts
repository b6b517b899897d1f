import { writeFile } from "node:fs/promises";
import type { Proof } from "./proof.js";
import type { ToldChapter } from "./story.js";

/** What `--json FILE` writes. */
export interface Figures {
    chapters: readonly ToldChapter[];
    /** From the first line to the end. */
    seconds: number;
    /** Of the first `pulumi up`; seconds with the wait for the roles that it gives itself. */
    copied: { items: number; bytes: number; seconds: number; paths: Readonly<Record<string, number>> };
    /** Faithful items over source items, 0 to 1. */
    fidelity: number;
    /** What was read from both sides and found equal at the end. */
    proven: Proof;
    /** Items that the second preview showed: all that changed at the source, and nothing else. */
    previewed: readonly string[];
    /** Requests that would have changed something, by the local Azure's own count. */
    writes: { source: number; targetWhenNothingChanged: number };
    /** Of the run with nothing to do. */
    idleSeconds: number;
    /** Files of Pulumi's that hold a secret's value. */
    leaks: number;
}

/** Writes the figures as JSON. */
export async function writeFigures(file: string, figures: Figures): Promise<void> {
    await writeFile(file, `${JSON.stringify(figures, null, 4)}\n`);
}
