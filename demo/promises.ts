import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { LocalAzure } from "../emulator/local-azure.js";
import { plannedChanges, text, type PlannedChange } from "./changes.js";
import { filesWith } from "./leaks.js";
import type { Proof } from "./proof.js";

/** Something that the demo promises does not hold; the message says what. */
export class BrokenPromise extends Error {
    constructor(message: string) {
        super(message);
        this.name = "BrokenPromise";
    }
}

/**
 * A preview shows exactly these items.
 *
 * @returns Each as `update app/api-key`.
 */
export function expectChanges(events: readonly EngineEvent[], expected: readonly PlannedChange[]): string[] {
    const shown = plannedChanges(events).map(text);
    const wanted = expected.map(text).sort((a, b) => a.localeCompare(b));
    if (shown.join("\n") !== wanted.join("\n")) {
        const list = (lines: readonly string[]) =>
            lines.map((line) => `\n  ${line}`).join("") || "\n  nothing";
        throw new BrokenPromise(`The preview should show${list(wanted)}\nbut shows${list(shown)}`);
    }
    return shown;
}

/**
 * No request that would change something came to the local Azure since its log was cleared; with `host`, none to such
 * a host. Refused ones count too.
 */
export function expectNoWrites(what: string, azure: LocalAzure, host = /./): void {
    const writes = azure.requests.filter((request) => request.write && host.test(request.host));
    if (writes.length === 0) return;
    const list = writes
        .slice(0, 10)
        .map((request) => `\n  ${request.method} ${request.host}${withoutQuery(request.path)}`);
    throw new BrokenPromise(
        `${what} should write nothing, but wrote ${String(writes.length)} times:${list.join("")}`,
    );
}

/** The two sides hold as many items as production was filled with: an empty comparison proves nothing. */
export function expectProof(
    proof: Proof,
    expected: Readonly<Record<"secrets" | "containers" | "blobs", number>>,
): void {
    for (const element of ["secrets", "containers", "blobs"] as const) {
        if (proof[element] !== expected[element]) {
            throw new BrokenPromise(
                `${String(expected[element])} ${element} should be there, but there are ${String(proof[element])}`,
            );
        }
    }
}

/** No file in the folder holds one of these values. */
export async function expectNoLeak(folder: string, secretValues: readonly string[]): Promise<void> {
    const files = await filesWith(folder, secretValues);
    if (files.length > 0) throw new BrokenPromise(`A secret's value is in ${files.join(", ")}`);
}

/** A query may carry a signature. */
function withoutQuery(path: string): string {
    return path.split("?")[0] ?? path;
}
