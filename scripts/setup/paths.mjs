import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Where setup keeps what it makes; ignored by git, safe to delete. */
export const cache = join(root, ".cache");

/** The package's name, by which examples import it. */
export const packageName = "pulumi-azure-dataplane";
