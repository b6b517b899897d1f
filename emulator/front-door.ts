import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Certificates } from "./certificate-authority.js";
import type { Clock } from "./clock.js";
import type { LoggedRequest, Principal, Service, ServiceRequest, ServiceResponse } from "./contract.js";
import type { Faults } from "./faults.js";
import { applyBefore, faultsAfter } from "./fault-effects.js";
import type { RequestLog } from "./request-log.js";
import { letGo, sendResponse } from "./send-response.js";

/** What the front door works with. */
export interface FrontDoorOptions {
    certificates: Certificates;
    clock: Clock;
    faults: Faults;
    requests: RequestLog;
    /** Asked in order; the first whose `hosts` matches answers. */
    services: readonly Service[];
    /** Called after each request that may have changed something. */
    onWrite?: () => void;
}

/** The one TLS port on 127.0.0.1 behind which all services are, told apart by host name. */
export class FrontDoor {
    readonly #server: Server;
    /** What is known of the request that is being answered; authentication adds who sent it. */
    readonly #current = new AsyncLocalStorage<LoggedRequest>();

    constructor(private readonly options: FrontDoorOptions) {
        const { key, certificate } = options.certificates;
        this.#server = createServer(
            { key, cert: certificate, keepAliveTimeout: 60_000 },
            (message, response) => {
                void this.#serve(message, response);
            },
        );
        // Large uploads to a slow service are no attack here.
        this.#server.requestTimeout = 0;
    }

    get port(): number {
        return (this.#server.address() as AddressInfo).port;
    }

    /** Listens on 127.0.0.1. Port 0 is any free one. Rejects where the port is taken or not allowed. */
    async listen(port: number): Promise<void> {
        this.#server.listen(port, "127.0.0.1");
        await once(this.#server, "listening");
    }

    /** Takes no more requests and cuts the connections that are left. */
    async close(): Promise<void> {
        const closed = once(this.#server, "close");
        this.#server.close();
        this.#server.closeAllConnections();
        await closed;
    }

    /** Writes into the log who sent the request that is being answered now. */
    notePrincipal(principal: Principal): void {
        const logged = this.#current.getStore();
        if (logged !== undefined) logged.principal = principal.objectId;
    }

    async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
        const request = toServiceRequest(message);
        const { url, method } = request;
        const service = this.options.services.find(({ hosts }) => url.hostname.search(hosts) >= 0);
        const logged: LoggedRequest = {
            id: request.id,
            method,
            host: url.hostname,
            path: `${url.pathname}${withoutSignature(url.search)}`,
            status: 0,
            write: service?.isWrite(method, url) ?? false,
            service: service?.name ?? "",
            at: this.options.clock.now(),
        };
        this.options.requests.add(logged);
        const faults = this.options.faults.match(method, logged.host, `${url.pathname}${url.search}`);
        try {
            const early = await applyBefore(faults, request);
            if (early === "cut") {
                message.socket.destroy();
                return;
            }
            const answer =
                early ?? (await this.#current.run(logged, () => this.#ask(service, request, message)));
            const after = faultsAfter(faults);
            if (after.cut) {
                letGo(answer);
                message.socket.destroy();
                return;
            }
            logged.status = answer.status;
            await sendResponse(message, response, answer, { id: request.id, truncate: after.truncate });
        } catch {
            // The client has gone, or the body broke on its way: the other end sees a cut connection, as it would.
            message.socket.destroy();
        } finally {
            if (logged.write) this.options.onWrite?.();
        }
    }

    async #ask(
        service: Service | undefined,
        request: ServiceRequest,
        message: IncomingMessage,
    ): Promise<ServiceResponse> {
        if (service === undefined) {
            return {
                status: 502,
                headers: { "content-type": "text/plain; charset=utf-8" },
                body: `The local Azure has no service for the host ${request.url.hostname}.\n`,
            };
        }
        try {
            return await service.handle(request);
        } catch (error) {
            // A defect of the emulator must not look like a fault of the service: it is shouted out. That a client went
            // away in the middle of its request is none.
            if (message.errored === null)
                console.error(
                    `local azure: ${service.name} failed on ${request.method} ${request.url.pathname}`,
                    error,
                );
            const text = error instanceof Error ? error.message : String(error);
            return { status: 500, body: { error: { code: "InternalServerError", message: text } } };
        }
    }
}

function toServiceRequest(message: IncomingMessage): ServiceRequest {
    const host = (message.headers.host ?? "localhost").replace(/:\d+$/, "").toLowerCase();
    const authorization = message.headers.authorization;
    const bearer = /^bearer\s+(.+)$/i.exec(authorization ?? "")?.[1];
    let body: Promise<Buffer> | undefined;
    return {
        id: randomUUID(),
        method: (message.method ?? "GET").toUpperCase(),
        url: new URL(`https://${host}${message.url ?? "/"}`),
        headers: plainHeaders(message),
        ...(bearer === undefined ? {} : { bearer }),
        body: () => (body ??= buffer(message)),
        raw: message,
    };
}

/** A shared access signature opens what it is for: the log holds none. */
function withoutSignature(query: string): string {
    return query.replace(/([?&]sig=)[^&]*/gi, "$1REDACTED");
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
    const entries = Object.entries(message.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
    );
    return Object.fromEntries(entries);
}
