import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cache } from "./paths.mjs";
import { say } from "./shell.mjs";

const folder = join(cache, "setup.lock");
const owner = join(folder, "pid");

/**
 * Lets one setup work at a time: two commands started at once would otherwise install over each other.
 * A lock whose process is gone is taken over.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function locked(work) {
    mkdirSync(cache, { recursive: true });
    let told = false;
    while (!acquire()) {
        if (!told) say("waiting for another setup of this project to end");
        told = true;
        await setTimeout(200);
    }
    try {
        return await work();
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function acquire() {
    try {
        mkdirSync(folder);
        writeFileSync(owner, String(process.pid));
        return true;
    } catch {
        if (!isAlive()) rmSync(folder, { recursive: true, force: true });
        return false;
    }
}

function isAlive() {
    try {
        const pid = Number(readFileSync(owner, "utf8"));
        // Created but not yet written: its owner is between the two calls.
        if (pid === 0) return true;
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === "EPERM" || error.code === "ENOENT";
    }
}
