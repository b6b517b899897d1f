import type { LoggedRequest } from "./contract.js";

/** What came through the front door, oldest first. The newest 100,000 are kept. */
export class RequestLog {
    readonly #limit = 100_000;
    #requests: LoggedRequest[] = [];

    add(request: LoggedRequest): void {
        this.#requests.push(request);
        if (this.#requests.length > this.#limit) this.#requests = this.#requests.slice(-this.#limit / 2);
    }

    all(): readonly LoggedRequest[] {
        return this.#requests;
    }

    filter(predicate: (request: LoggedRequest) => boolean): LoggedRequest[] {
        return this.#requests.filter(predicate);
    }

    /** How many requests would have changed something at this host, refused and failed ones too. */
    writes(host: string | RegExp): number {
        return this.filter(
            (request) =>
                request.write &&
                (typeof host === "string" ? request.host === host : request.host.search(host) >= 0),
        ).length;
    }

    clear(): void {
        this.#requests = [];
    }
}
