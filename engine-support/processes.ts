import { execFileSync } from "node:child_process";

interface ProcessLine {
    id: number;
    parent: number;
    command: string;
}

/**
 * All processes that descend from one. Plugins run in process groups of their own, so only the parent's id tells
 * whose they are.
 *
 * @param id The process at the top, not part of the result.
 * @param command Which of them, by their command line.
 */
export function descendants(id: number, command = /./): number[] {
    const all = list();
    const found: number[] = [];
    const visit = (parent: number): void => {
        for (const line of all.filter((candidate) => candidate.parent === parent)) {
            if (command.test(line.command)) found.push(line.id);
            visit(line.id);
        }
    };
    visit(id);
    return found;
}

/** Ends processes; those that are gone already are no error. */
export function kill(ids: readonly number[], signal: NodeJS.Signals): void {
    for (const id of ids) {
        try {
            process.kill(id, signal);
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
        }
    }
}

function list(): ProcessLine[] {
    const text = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
    return text.split("\n").flatMap((line) => {
        const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
        return match === null
            ? []
            : [{ id: Number(match[1]), parent: Number(match[2]), command: match[3] ?? "" }];
    });
}
