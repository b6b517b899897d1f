import type { Case } from "./case.js";
import { onStub } from "./stub-cases.js";

/** rclone keeps the whole listing: once tells enough, and the longest takes a minute. */
const flags = ["--transfers", "256", "--checkers", "256", "--fast-list", "--metadata"];

/** The most memory that is held while so many blobs are listed on both sides and there is nothing to do. */
export const memoryCases: readonly Case[] = [10_000, 100_000, 1_000_000].map((blobs) =>
    onStub(
        `memory-${String(blobs)}`,
        { blobs, bytes: 4_096, delay: 0, copied: true },
        { group: "memory", rclone: { flags, once: true } },
    ),
);
