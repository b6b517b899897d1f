import type { Fault, Service, ServiceRequest, ServiceResponse } from "./contract.js";
import type { Faults } from "./faults.js";
import { controlHost } from "./hosts.js";
import type { RequestLog } from "./request-log.js";

/** A fault as JSON: patterns are the text of regular expressions, without regard to case. */
type FaultDescription = Omit<Fault, "host" | "path"> & { host?: string; path?: string };

/**
 * What other processes use to look into the local Azure and to switch faults: `https://local-azure.localhost/`.
 * `GET /requests`, `DELETE /requests`, `POST /faults`, `DELETE /faults`. Nobody has to sign in: it listens on this
 * machine only and holds nothing real.
 */
export class Control implements Service {
    readonly name = "control";
    readonly hosts = new RegExp(`^${controlHost.replaceAll(".", "\\.")}$`, "i");

    constructor(
        private readonly requests: RequestLog,
        private readonly faults: Faults,
    ) {}

    isWrite(): boolean {
        return false;
    }

    async handle(request: ServiceRequest): Promise<ServiceResponse> {
        switch (`${request.method} ${request.url.pathname}`) {
            case "GET /requests":
                return { status: 200, body: this.requests.all().slice() };
            case "DELETE /requests":
                this.requests.clear();
                return { status: 204 };
            case "POST /faults": {
                const fault = parseFault((await request.body()).toString("utf8"));
                if (fault === undefined) {
                    const message =
                        'A fault is JSON with a member \'kind\', for example {"kind":{"type":"latency","milliseconds":500}}.';
                    return { status: 400, body: { error: { code: "InvalidFault", message } } };
                }
                this.faults.add(fault);
                return { status: 204 };
            }
            case "DELETE /faults":
                this.faults.clear();
                return { status: 204 };
            default:
                return { status: 404, body: "GET or DELETE /requests, POST or DELETE /faults\n" };
        }
    }
}

function parseFault(text: string): Fault | undefined {
    try {
        const { host, path, ...rest } = JSON.parse(text) as FaultDescription;
        const types: readonly string[] = ["latency", "status", "cut", "truncate"];
        if (!types.includes(rest.kind.type)) return undefined;
        return {
            ...rest,
            ...(host === undefined ? {} : { host: new RegExp(host, "i") }),
            ...(path === undefined ? {} : { path: new RegExp(path, "i") }),
        };
    } catch {
        return undefined;
    }
}
