import { randomUUID } from "node:crypto";
import type { ServiceResponse } from "../contract.js";

/**
 * How a type's slow operations are followed.
 * `location`: 202, and a URL that answers 202 until it answers with the resource. `azure-async-operation`: the
 * resource at once, and a URL with a status. `body`: the resource itself says how far it is.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
export type LongRunning = "location" | "azure-async-operation" | "body";

/**
 * Seconds between polls, as the header tells clients. Azure asks for 15 or so; some clients take 0 for nothing said and
 * fall back to 30.
 */
export const RETRY_AFTER = "1";

interface Operation {
    style: "location" | "azure-async-operation";
    pollsLeft: number;
    startedAt: number;
    finish: () => ServiceResponse;
}

/** Long-running operations. They take a number of polls, not a time, so that nothing has to wait for a clock. */
export class Operations {
    readonly #operations = new Map<string, Operation>();

    constructor(
        /** How many polls answer that it is still going on. */
        public polls: number,
    ) {}

    /**
     * Begins one; answers with the headers of the 202. `path` is where it is polled, without the operation's own id.
     */
    begin(
        style: Operation["style"],
        path: string,
        apiVersion: string,
        now: number,
        finish: () => ServiceResponse,
    ): Record<string, string> {
        const id = randomUUID();
        this.#operations.set(id, { style, pollsLeft: this.polls, startedAt: now, finish });
        const url = `https://management.azure.com${path}/${id}?api-version=${apiVersion}`;
        return {
            ...(style === "location" ? { location: url } : { "azure-asyncoperation": url }),
            "retry-after": RETRY_AFTER,
        };
    }

    /** The answer to a poll; undefined where there is no such operation. */
    poll(id: string, url: URL, now: number): ServiceResponse | undefined {
        const operation = this.#operations.get(id.toLowerCase());
        if (operation === undefined) return undefined;
        const done = operation.pollsLeft <= 0;
        operation.pollsLeft -= 1;
        if (operation.style === "location") {
            return done
                ? operation.finish()
                : { status: 202, headers: { location: url.href, "retry-after": RETRY_AFTER } };
        }
        const startTime = new Date(operation.startedAt).toISOString();
        if (!done) {
            return {
                status: 200,
                headers: { "retry-after": RETRY_AFTER },
                body: { id: url.pathname, name: id, status: "InProgress", startTime },
            };
        }
        operation.finish();
        return {
            status: 200,
            body: {
                id: url.pathname,
                name: id,
                status: "Succeeded",
                startTime,
                endTime: new Date(now).toISOString(),
            },
        };
    }
}
