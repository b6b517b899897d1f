import type * as grpc from "@grpc/grpc-js";

export type Severity = "info" | "warning";

/** How a resource tells the engine what it does. */
export interface EngineLog {
    /** Passing state, shown beside the resource while it runs; at most two a second get through. */
    progress(message: string): void;
    /** A line that stays under the resource. Resolves when the engine has it. */
    lasting(message: string, severity?: Severity): Promise<void>;
}

/** Two progress lines are at least this far apart: without a terminal each is printed. */
const progressIntervalMilliseconds = 500;

/**
 * The engine's address is the last argument of a dynamic provider's process; flags of the CLI may stand before it.
 * Anything else is not such a process (a test, a script): undefined.
 */
export function engineAddress(processArguments: readonly string[]): string | undefined {
    const last = processArguments.at(-1);
    return last !== undefined && /^[\w.-]+:\d+$/.test(last) ? last : undefined;
}

/**
 * A log that reaches the engine under the URN of a resource; without an engine it writes lines to standard output.
 *
 * @param urn of the resource; the dynamic provider protocol does not tell it, so it is an input.
 */
export function createEngineLog(
    urn: string,
    address: string | undefined = engineAddress(process.argv),
    now: () => number = Date.now,
): EngineLog {
    let lastProgress = -Infinity;
    return {
        progress(message) {
            if (now() - lastProgress < progressIntervalMilliseconds) return;
            lastProgress = now();
            void send({ address, urn, message, severity: "info", ephemeral: true });
        },
        lasting: (message, severity = "info") => send({ address, urn, message, severity, ephemeral: false }),
    };
}

interface Line {
    address: string | undefined;
    urn: string;
    message: string;
    severity: Severity;
    ephemeral: boolean;
}

async function send(line: Line): Promise<void> {
    if (line.address === undefined) {
        if (!line.ephemeral) console.log(line.message);
        return;
    }
    const engine = await connect(line.address);
    const request = new engine.messages.LogRequest();
    request.setSeverity(engine.messages.LogSeverity[line.severity === "warning" ? "WARNING" : "INFO"]);
    request.setMessage(line.message);
    request.setUrn(line.urn);
    request.setStreamid(0);
    request.setEphemeral(line.ephemeral);
    // A log line that does not arrive must not fail a copy: the callback's error is left alone.
    await new Promise<void>((resolve) => {
        engine.client.log(request, () => {
            resolve();
        });
    });
}

interface Engine {
    client: grpc.Client & { log(request: LogRequest, callback: () => void): void };
    messages: EngineMessages;
}

interface LogRequest {
    setSeverity(severity: number): void;
    setMessage(message: string): void;
    setUrn(urn: string): void;
    setStreamid(id: number): void;
    setEphemeral(ephemeral: boolean): void;
}

interface EngineMessages {
    LogRequest: new () => LogRequest;
    LogSeverity: { INFO: number; WARNING: number };
}

let connection: Promise<Engine> | undefined;

/** gRPC and the generated messages load with the first line only; one connection serves the whole process. */
function connect(address: string): Promise<Engine> {
    return (connection ??= load(address));
}

async function load(address: string): Promise<Engine> {
    const { credentials } = await import("@grpc/grpc-js");
    const services = (await import("@pulumi/pulumi/proto/engine_grpc_pb.js")) as unknown as {
        default: {
            EngineClient: new (address: string, credentials: grpc.ChannelCredentials) => Engine["client"];
        };
    };
    const messages = (await import("@pulumi/pulumi/proto/engine_pb.js")) as unknown as {
        default: EngineMessages;
    };
    return {
        client: new services.default.EngineClient(address, credentials.createInsecure()),
        messages: messages.default,
    };
}
