import type { LiveValidator } from "oav/dist/lib/liveValidation/liveValidator.js";
import type { Exchange } from "./exchange.js";
import { generateSpecification } from "./generate.js";

/** What the specification says about an exchange. */
export interface Verdict {
    /** Undefined where no specification has the operation. */
    operation: string | undefined;
    /** What is wrong with the request or the answer, one line each. */
    violations: string[];
}

/** Holds exchanges with Resource Manager against Microsoft's own specification. */
export class SpecificationValidator {
    private constructor(private readonly live: LiveValidator) {}

    /** Makes one; offline, from what the installed SDKs carry. */
    static async create(): Promise<SpecificationValidator> {
        const [directory, { LiveValidator }, { log }] = await Promise.all([
            generateSpecification(),
            import("oav/dist/lib/liveValidation/liveValidator.js"),
            import("oav/dist/lib/util/logging.js"),
        ]);
        // It prints what it does not know; the verdicts say so too.
        log.consoleLogLevel = "off";
        const live = new LiveValidator({
            directory,
            swaggerPathsPattern: ["specification/*/resource-manager/**/*.json"],
            git: { shouldClone: false, url: "", branch: "" },
            isPathCaseSensitive: false,
        });
        await live.initialize();
        return new SpecificationValidator(live);
    }

    async validate(exchange: Exchange): Promise<Verdict> {
        const { url } = exchange;
        const result = await this.live.validateLiveRequestResponse({
            liveRequest: {
                url: url.href,
                method: exchange.method,
                headers: exchange.headers,
                query: Object.fromEntries(url.searchParams),
                body: exchange.requestBody as Record<string, unknown>,
            },
            liveResponse: {
                statusCode: String(exchange.status),
                headers: exchange.responseHeaders,
                body: exchange.responseBody as Record<string, unknown>,
            },
        });
        const { requestValidationResult: request, responseValidationResult: response } = result;
        const exception = request.runtimeException ?? response.runtimeException;
        if (exception !== undefined) {
            const unknown = exception.code.startsWith("OPERATION_NOT_FOUND");
            return {
                operation: undefined,
                violations: unknown ? [] : [`${exception.code}: ${exception.message}`],
            };
        }
        const describe =
            (what: string) =>
            ({
                code,
                message,
                pathsInPayload,
            }: {
                code: string;
                message: string;
                pathsInPayload: string[];
            }) =>
                `${what}: ${code} at ${pathsInPayload.join(", ")}: ${message}`;
        return {
            operation: request.operationInfo.operationId,
            violations: [
                ...request.errors.map(describe("request")),
                ...response.errors.map(describe("answer")),
            ],
        };
    }
}
