import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Dispatcher } from "undici";
import { underWay, type Abortable } from "./lean-aborts.js";
import { LeanHeaders } from "./lean-headers.js";

/** A request whose answer may be taken into memory as it is. */
export interface LeanRequest extends PipelineRequest {
    /**
     * An answer with a status of `streamResponseStatusCodes` is given as `bodyAsBytes`, where this client sends it. One
     * that says that it has more bytes than this is refused with the code `AnswerTooLarge`.
     */
    answerInMemory?: number;
    /** Where such an answer is written to, if it fits: to be used again, as making and clearing memory costs time. */
    answerInto?: Buffer;
}

export interface LeanResponse extends PipelineResponse {
    bodyAsBytes?: Buffer;
}

/** The code of the error where an answer has more bytes than may be held. */
export const tooLarge = "AnswerTooLarge";

type Failure = (error: unknown) => Error;

/** One request and its answer, whose body is taken into memory. */
export class LeanExchange implements Dispatcher.DispatchHandler {
    readonly answer: Promise<LeanResponse>;
    readonly #request: LeanRequest;
    readonly #failure: Failure;
    readonly #underWay: Set<Abortable> | undefined;
    readonly #chunks: Buffer[] = [];
    #resolve!: (response: LeanResponse) => void;
    #reject!: (error: Error) => void;
    #controller: Dispatcher.DispatchController | undefined;
    #aborted = false;
    #status = 0;
    /** Bytes that were written to `answerInto`; what did not fit in is among the chunks. */
    #filled = 0;
    #headers = new LeanHeaders();

    /** @param failure makes the error to throw of what undici says; of `undefined` where the request was aborted. */
    constructor(request: LeanRequest, failure: Failure) {
        this.#request = request;
        this.#failure = failure;
        const signal = request.abortSignal as AbortSignal | undefined;
        this.#underWay = signal === undefined ? undefined : underWay(signal);
        this.#underWay?.add(this);
        this.answer = new Promise((resolve, reject) => {
            this.#resolve = resolve;
            this.#reject = reject;
        });
    }

    abort(): void {
        this.#aborted = true;
        this.onResponseError(undefined, undefined);
        // One that still waits for a connection has no controller yet.
        this.#controller?.abort(new Error("aborted"));
    }

    onRequestStart(controller: Dispatcher.DispatchController): void {
        this.#controller = controller;
        if (this.#aborted) controller.abort(new Error("aborted"));
    }

    onResponseStart(
        _controller: unknown,
        status: number,
        headers: Record<string, string | string[] | undefined>,
    ): void {
        // Answers that announce the real one (https://www.rfc-editor.org/rfc/rfc9110#section-15.2).
        if (status < 200) return;
        const values = new Map<string, string>();
        for (const name in headers) {
            const value = headers[name];
            const first = typeof value === "string" ? value : value?.[0];
            if (first !== undefined) values.set(name, first);
        }
        this.#status = status;
        this.#headers = new LeanHeaders(values);
        const { answerInMemory = Number.POSITIVE_INFINITY } = this.#request;
        if (Number(values.get("content-length") ?? 0) > answerInMemory && this.#isWanted) {
            this.#controller?.abort(Object.assign(new Error("too large an answer"), { code: tooLarge }));
        }
    }

    get #isWanted(): boolean {
        return this.#request.answerInMemory !== undefined && isStreamed(this.#request, this.#status);
    }

    onResponseData(_controller: unknown, chunk: Buffer): void {
        const into = this.#request.answerInto;
        if (into === undefined || !this.#isWanted || this.#filled + chunk.length > into.length) {
            this.#chunks.push(chunk);
            return;
        }
        into.set(chunk, this.#filled);
        this.#filled += chunk.length;
    }

    onResponseEnd(): void {
        this.#underWay?.delete(this);
        const request = this.#request;
        const response: LeanResponse = { request, status: this.#status, headers: this.#headers };
        if (request.method !== "HEAD") {
            const body = this.#body();
            if (this.#isWanted) response.bodyAsBytes = body;
            else response.bodyAsText = body.length === 0 ? "" : body.toString("utf8");
        }
        this.#resolve(response);
    }

    #body(): Buffer {
        const [first = nothing, ...more] = this.#chunks;
        const { answerInto } = this.#request;
        if (this.#filled > 0 && answerInto !== undefined) {
            const filled = answerInto.subarray(0, this.#filled);
            return this.#chunks.length === 0 ? filled : Buffer.concat([filled, ...this.#chunks]);
        }
        return more.length === 0 ? first : Buffer.concat(this.#chunks);
    }

    onResponseError(_controller: unknown, error: unknown): void {
        this.#underWay?.delete(this);
        this.#reject(this.#failure(error));
    }
}

const nothing = Buffer.alloc(0);

/** Whether the body of an answer with that status is not to be read as a text. */
export function isStreamed(request: PipelineRequest, status: number): boolean {
    const streamed = request.streamResponseStatusCodes;
    return streamed !== undefined && (streamed.has(Number.POSITIVE_INFINITY) || streamed.has(status));
}
