import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";
import type { ElementType } from "../contract.js";
import type { DisturbingRequest } from "../disturbing-reads.js";
import { DataplaneError } from "../errors.js";
import { withoutQuery } from "../redact.js";
import { parsedUrl } from "./parsed-url.js";

/** What never changes anything: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Headers by which some services take another method than the one on the wire. */
const methodHeaders = ["x-http-method", "x-http-method-override", "x-method-override"];

/**
 * Keeps the source from being written: lets GET, HEAD and OPTIONS through, and what the element type declares to be
 * a read. Of the reads that change something, GET or not, only those that the user's `options` acknowledge. Anything else
 * never leaves this process.
 *
 * @throws DataplaneError `SourceWrite`, before anything is sent.
 */
export function guardSource(
    element: Pick<ElementType, "sourceReads" | "disturbingReads">,
    options: Readonly<Record<string, unknown>>,
    next: HttpClient,
): HttpClient {
    const { disturbingReads: disturbing } = element;
    const mayLeave = (request: DisturbingRequest): boolean => {
        const { method, url } = request;
        if (disturbing?.includes(method, url) === true) return disturbing.allows(request, options);
        return safeMethods.has(method) || element.sourceReads(method, url);
    };
    return {
        async sendRequest(request) {
            const methods = methodsOf(request);
            const url = parsedUrl(request.url);
            for (const method of methods) {
                if (mayLeave({ method, url, hasBody: hasBody(request) })) continue;
                throw new DataplaneError(
                    "SourceWrite",
                    `A ${method} request was about to leave for the source`,
                    {
                        resource: withoutQuery(request.url),
                        side: "source",
                        remedy: "This is a defect of the plugin: nothing was sent. Please report it.",
                    },
                );
            }
            return next.sendRequest(request);
        },
    };
}

function hasBody({ body, multipartBody, formData }: PipelineRequest): boolean {
    return (body !== undefined && body !== null && body !== "") || Boolean(multipartBody ?? formData);
}

/** Every method that anyone on the way may take this request for. */
function methodsOf(request: PipelineRequest): Set<string> {
    const methods = new Set<string>([request.method.toUpperCase()]);
    const override = request.requestOverrides?.["method"];
    if (typeof override === "string") methods.add(override.toUpperCase());
    for (const header of methodHeaders) {
        const value = request.headers.get(header);
        if (value !== undefined) methods.add(value.trim().toUpperCase());
    }
    return methods;
}
