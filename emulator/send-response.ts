import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ServiceResponse } from "./contract.js";

/** How an answer is sent. */
export interface SendOptions {
    /** For `x-ms-request-id`, unless the service has set its own. */
    id: string;
    /** Ends the body after so many bytes and cuts the connection. */
    truncate?: number | undefined;
}

/** Sends a service's answer. Streams stay streams; rejects where either end breaks. */
export async function sendResponse(
    message: IncomingMessage,
    response: ServerResponse,
    answer: ServiceResponse,
    options: SendOptions,
): Promise<void> {
    // What the service did not read would block the next request on this connection.
    message.resume();
    const body = answer.body;
    if (message.socket.destroyed) {
        letGo(answer);
        return;
    }
    const headers: Record<string, string | string[]> = { "x-ms-request-id": options.id };
    for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = value;
    if (body instanceof Readable) {
        response.writeHead(answer.status, headers);
        if (message.method === "HEAD") {
            body.destroy();
            response.end();
        } else if (options.truncate === undefined) {
            await pipeline(body, response);
        } else {
            await pipeline(body, cutAfter(options.truncate), response);
        }
        return;
    }
    const bytes = encode(body);
    if (body !== undefined && !Buffer.isBuffer(body) && typeof body !== "string") {
        headers["content-type"] ??= "application/json; charset=utf-8";
    }
    const bodiless = answer.status === 204 || answer.status === 304 || message.method === "HEAD";
    if (answer.status !== 204) headers["content-length"] ??= String(bytes.length);
    response.writeHead(answer.status, headers);
    if (options.truncate !== undefined && bytes.length > options.truncate) {
        await pipeline(Readable.from([bytes]), cutAfter(options.truncate), response);
    }
    response.end(bodiless ? undefined : bytes);
}

/** Ends a body that nobody will read: whoever streams it here waits for that. */
export function letGo({ body }: ServiceResponse): void {
    if (body instanceof Readable) body.destroy();
}

function encode(body: object | string | undefined): Buffer {
    if (body === undefined) return Buffer.alloc(0);
    if (Buffer.isBuffer(body)) return body;
    return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** Lets so many bytes through, then fails, so that the connection is cut in the middle of the body. */
function cutAfter(limit: number): Transform {
    let left = limit;
    return new Transform({
        transform(chunk: Buffer, _encoding, callback) {
            if (chunk.length <= left) {
                left -= chunk.length;
                callback(null, chunk);
                return;
            }
            this.push(chunk.subarray(0, left));
            // The bytes leave first; then the connection ends.
            setImmediate(() => {
                callback(new Error("The answer was truncated on purpose."));
            });
        },
    });
}
