import {
    createHttpHeaders,
    createPipelineRequest,
    RestError,
    type HttpClient,
    type PipelineRequest,
    type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { ElementType } from "../../../../providers/core/contract.js";
import { cancelled, type Timing } from "../../../../providers/core/http/timing.js";

/** One answer of the fake service, or the failure of the connection. */
export type FakeAnswer =
    | { status: number; headers?: Record<string, string>; body?: string | object }
    | { networkCode: string }
    | Error;

/** Answers in order, the last again and again; keeps what was sent. */
export class FakeService implements HttpClient {
    readonly sent: PipelineRequest[] = [];
    readonly #answers: FakeAnswer[];

    constructor(...answers: FakeAnswer[]) {
        this.#answers = answers;
    }

    async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
        await Promise.resolve();
        this.sent.push(request);
        const answer = this.#answers[Math.min(this.sent.length, this.#answers.length) - 1];
        if (answer === undefined) throw new Error("the fake service has no answer");
        if (answer instanceof Error) throw answer;
        if ("networkCode" in answer) {
            throw new RestError(`connect ${answer.networkCode}`, { code: answer.networkCode, request });
        }
        const { status, headers = {}, body = status < 400 ? "" : "{}" } = answer;
        return {
            status,
            headers: createHttpHeaders(headers),
            bodyAsText: typeof body === "string" ? body : JSON.stringify(body),
            request,
        };
    }
}

/** Time that passes only by sleeping; nothing waits for real. */
export class FakeTiming implements Timing {
    time = 0;
    readonly slept: number[] = [];
    chance = 0;

    now(): number {
        return this.time;
    }

    date(): number {
        return Date.UTC(2026, 0, 1) + this.time;
    }

    random(): number {
        return this.chance;
    }

    async sleep(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
        await Promise.resolve();
        if (signals.some((signal) => signal.aborted)) throw cancelled();
        this.slept.push(milliseconds);
        this.time += milliseconds;
    }
}

type ChainElement = Pick<ElementType, "limits" | "sourceReads" | "disturbingReads" | "idempotent">;

/** The part of an element type that the HTTP chain looks at. */
export function chainElement(overrides: Partial<ChainElement> = {}): ChainElement {
    return {
        limits: { concurrency: 4, rates: [], requestsPerItem: () => ({}) },
        sourceReads: () => false,
        idempotent: () => false,
        ...overrides,
    };
}

export function request(
    method: PipelineRequest["method"] = "GET",
    url = "https://app.vault.azure.net/secrets",
    more: Partial<PipelineRequest> = {},
): PipelineRequest {
    return Object.assign(createPipelineRequest({ url, method }), more);
}
