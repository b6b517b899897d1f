import type { Fault } from "./contract.js";

/** A fault in force; `remove` ends it. */
export interface FaultHandle {
    readonly fault: Fault;
    /** How many requests it has hit. */
    readonly hits: number;
    remove(): void;
}

interface ActiveFault {
    fault: Fault;
    seen: number;
    hits: number;
}

/** What goes wrong on purpose; switchable while everything runs. */
export class Faults {
    readonly #active = new Set<ActiveFault>();

    add(fault: Fault): FaultHandle {
        const active: ActiveFault = { fault, seen: 0, hits: 0 };
        this.#active.add(active);
        const remove = (): void => {
            this.#active.delete(active);
        };
        return {
            fault,
            get hits() {
                return active.hits;
            },
            remove,
        };
    }

    clear(): void {
        this.#active.clear();
    }

    /** The faults that hit this request, in the order they were added. Counts the request. */
    match(method: string, host: string, pathAndQuery: string): Fault[] {
        const hit: Fault[] = [];
        for (const active of this.#active) {
            const { fault } = active;
            if (fault.method !== undefined && fault.method.toUpperCase() !== method.toUpperCase()) continue;
            if (fault.host !== undefined && host.search(fault.host) < 0) continue;
            if (fault.path !== undefined && pathAndQuery.search(fault.path) < 0) continue;
            active.seen += 1;
            if (active.seen <= (fault.skip ?? 0)) continue;
            if (active.hits >= (fault.times ?? Infinity)) continue;
            active.hits += 1;
            hit.push(fault);
        }
        return hit;
    }
}
