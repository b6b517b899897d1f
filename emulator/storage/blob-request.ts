import type { Readable } from "node:stream";
import type { ServiceRequest } from "../contract.js";

/** Headers in the order and spelling they came in: names of metadata keep their case. */
export class HeaderList {
    readonly #entries: [string, string][];

    constructor(entries: Iterable<readonly [string, string]> = []) {
        this.#entries = [...entries].map(([name, value]) => [name, value]);
    }

    /** From Node's flat list of names and values. */
    static fromRaw(raw: readonly string[]): HeaderList {
        const entries: [string, string][] = [];
        for (let index = 0; index + 1 < raw.length; index += 2)
            entries.push([raw[index] ?? "", raw[index + 1] ?? ""]);
        return new HeaderList(entries);
    }

    get(name: string): string | undefined {
        return this.#entries.find(([have]) => have.toLowerCase() === name.toLowerCase())?.[1];
    }

    set(name: string, value: string): this {
        this.delete(name);
        this.#entries.push([name, value]);
        return this;
    }

    delete(...names: string[]): this {
        const lower = names.map((name) => name.toLowerCase());
        const kept = this.#entries.filter(([have]) => !lower.includes(have.toLowerCase()));
        this.#entries.splice(0, this.#entries.length, ...kept);
        return this;
    }

    withPrefix(prefix: string): [string, string][] {
        return this.#entries.filter(([name]) => name.toLowerCase().startsWith(prefix));
    }

    copy(): HeaderList {
        return new HeaderList(this.#entries);
    }

    [Symbol.iterator](): IterableIterator<[string, string]> {
        return this.#entries.values();
    }
}

/** A request to a blob service: one that came in, or one of ours to a copy's source. */
export interface BlobRequest {
    readonly id: string;
    readonly method: string;
    /** With the production host. */
    readonly url: URL;
    /** Path and query exactly as they came: signatures are made of them. */
    readonly target: string;
    readonly headers: HeaderList;
    /** The body as it arrives; undefined where there is none. */
    readonly body?: Readable;
}

/** An incoming request, its body not yet read. */
export function incoming(request: ServiceRequest): BlobRequest {
    const headers = HeaderList.fromRaw(request.raw.rawHeaders);
    const hasBody =
        headers.get("transfer-encoding") !== undefined || (headers.get("content-length") ?? "0") !== "0";
    return {
        id: request.id,
        method: request.method,
        url: request.url,
        target: request.raw.url ?? "/",
        headers,
        ...(hasBody ? { body: request.raw } : {}),
    };
}

/** A request of the service itself, without a body. */
export function internal(id: string, method: string, url: URL, headers: HeaderList): BlobRequest {
    return { id, method, url, target: `${url.pathname}${url.search}`, headers };
}
