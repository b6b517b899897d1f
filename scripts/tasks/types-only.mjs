import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { files } from "../setup/fingerprint.mjs";
import { root } from "../setup/paths.mjs";

/** What the compiler puts into every file. */
const boilerplate =
    /^("use strict";|Object\.defineProperty\(exports, "__esModule".*|\/\/# sourceMappingURL.*|\s*)$/;

/**
 * Sources that hold nothing but types: nothing of them runs, and coverage would call all their lines missed.
 *
 * @returns {string[]} Relative to the project's root.
 */
export function typesOnly() {
    return ["providers", "components", "cli"]
        .flatMap((folder) => files(folder, /\.ts$/))
        .filter((file) => {
            const compiled = join(root, "dist", file.replace(/\.ts$/, ".js"));
            if (!existsSync(compiled)) return false;
            const lines = readFileSync(compiled, "utf8").split("\n");
            return lines.every((line) => boilerplate.test(line.trim()) || isComment(line));
        });
}

/** @param {string} line */
function isComment(line) {
    return /^\s*(\/\/|\/\*|\*)/.test(line);
}
