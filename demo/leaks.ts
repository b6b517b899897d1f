import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Searches files for texts that must not be there: secret values, in what Pulumi and its plugins wrote.
 *
 * @returns The paths of files that hold one, relative to the folder.
 */
export async function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries.filter((candidate) => candidate.isFile())) {
        const file = join(entry.parentPath, entry.name);
        const content = await readFile(file, "utf8");
        if (holdsAny(content, texts)) found.push(file.slice(folder.length + 1));
    }
    return found;
}

/** Whether a text holds one of others, as it is or as JSON writes it. */
function holdsAny(content: string, texts: readonly string[]): boolean {
    return texts.some(
        (text) => content.includes(text) || content.includes(JSON.stringify(text).slice(1, -1)),
    );
}
