import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./paths.mjs";

/**
 * All files under a file or folder of the project, without what is installed or generated.
 *
 * @param {string} path Relative to the project's root; one that doesn't exist has no files.
 * @param {RegExp} [pattern] Which files, by their path.
 * @returns {string[]} Paths relative to the root, sorted.
 */
export function files(path, pattern = /./) {
    const full = join(root, path);
    if (!existsSync(full)) return [];
    if (statSync(full).isFile()) return [path];
    return readdirSync(full, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
        .filter((file) => pattern.test(file) && !file.includes("node_modules"))
        .sort();
}

/**
 * A fingerprint of the contents of files, to tell whether a step has anything to do.
 *
 * @param {string[]} paths Relative to the project's root.
 * @param {string} [extra] Anything else that counts.
 * @returns {string}
 */
export function fingerprint(paths, extra = "") {
    const hash = createHash("sha256").update(extra);
    for (const path of paths)
        hash.update(path)
            .update("\0")
            .update(readFileSync(join(root, path)))
            .update("\0");
    return hash.digest("hex");
}

/**
 * @param {string} file A stamp's full path.
 * @returns {string | undefined} What was stamped last.
 */
export function readStamp(file) {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}

/**
 * @param {string} file A stamp's full path.
 * @param {string} text
 */
export function writeStamp(file, text) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
}
