import { inspect } from "node:util";
import { createHttpHeaders, RestError } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import { DataplaneError, type ErrorCode, type ErrorDetail } from "../../../providers/core/errors.js";
import { toDataplaneError } from "../../../providers/core/http-errors.js";
import { request } from "./support/fake-http.js";

interface Answer {
    status: number;
    code?: string;
    message?: string;
    details?: unknown;
    headers?: Record<string, string>;
    body?: string;
    sentBody?: string;
}

function restError(answer: Answer): RestError {
    const sent = request("PUT", "https://app.vault.azure.net/secrets/x?sig=signature-of-the-url", {
        ...(answer.sentBody === undefined ? {} : { body: answer.sentBody }),
    });
    sent.headers.set("authorization", "Bearer the-token-of-the-request");
    const error = new RestError(answer.message ?? "said so", {
        statusCode: answer.status,
        ...(answer.code === undefined ? {} : { code: answer.code }),
        request: sent,
        response: {
            status: answer.status,
            headers: createHttpHeaders(answer.headers),
            request: sent,
            ...(answer.body === undefined ? {} : { bodyAsText: answer.body }),
        },
    });
    if (answer.details !== undefined) error.details = answer.details;
    return error;
}

function named(name: string, message: string, more: object = {}): Error {
    return Object.assign(new Error(message), { name, ...more });
}

const innerError = (code: string) => ({ error: { code: "Forbidden", message: "m", innererror: { code } } });

const cases: readonly (readonly [name: string, error: unknown, code: ErrorCode, detail?: ErrorDetail])[] = [
    ["a 401", restError({ status: 401 }), "AccessDenied"],
    ["a 403", restError({ status: 403, code: "AuthorizationPermissionMismatch" }), "AccessDenied"],
    ["ARM's 403", restError({ status: 403, code: "AuthorizationFailed" }), "AccessDenied"],
    [
        "a vault's 403 for a role",
        restError({ status: 403, code: "Forbidden", details: innerError("ForbiddenByRbac") }),
        "AccessDenied",
    ],
    [
        "a vault's firewall, in details",
        restError({ status: 403, code: "Forbidden", details: innerError("ForbiddenByFirewall") }),
        "Firewall",
    ],
    [
        "a vault's firewall, as the SDK deserialises it",
        restError({
            status: 403,
            code: "Forbidden",
            details: { error: { code: "Forbidden", innerError: { code: "ForbiddenByFirewall" } } },
        }),
        "Firewall",
    ],
    [
        "a vault's firewall, in the body",
        restError({
            status: 403,
            code: "Forbidden",
            body: JSON.stringify(innerError("ForbiddenByFirewall")),
        }),
        "Firewall",
    ],
    [
        "a vault's firewall, by its message alone",
        restError({
            status: 403,
            code: "Forbidden",
            message:
                "Client address is not authorized and caller is not a trusted service.\r\nClient address: 1.2.3.4",
        }),
        "Firewall",
    ],
    ["an account's firewall", restError({ status: 403, code: "AuthorizationFailure" }), "Firewall"],
    ["an address that is not allowed", restError({ status: 403, code: "IpAuthorizationError" }), "Firewall"],
    [
        "a network that is not allowed",
        restError({ status: 403, message: "This request is not authorized to be made by network rules" }),
        "Firewall",
    ],
    [
        "another tenant's vault",
        restError({ status: 401, message: "AKV10032: Invalid issuer." }),
        "CredentialInvalid",
    ],
    [
        "another tenant's ARM",
        restError({ status: 401, code: "InvalidAuthenticationTokenTenant" }),
        "CredentialInvalid",
    ],
    ["a 429", restError({ status: 429 }), "Throttled"],
    ["a 404", restError({ status: 404, code: "SecretNotFound" }), "Unexpected"],
    ["a 409", restError({ status: 409 }), "Conflict"],
    ["a 412", restError({ status: 412 }), "Conflict"],
    ["a 400", restError({ status: 400 }), "Unexpected"],
    [
        "a 400 of an item at the target",
        restError({ status: 400 }),
        "InvalidItem",
        { item: "a", side: "target" },
    ],
    [
        "a 400 of an item at the source",
        restError({ status: 400 }),
        "Unexpected",
        { item: "a", side: "source" },
    ],
    ["a 500", restError({ status: 500 }), "Unreachable"],
    ["a 503", restError({ status: 503 }), "Unreachable"],
    ["a host that does not resolve", new RestError("x", { code: "ENOTFOUND" }), "Unreachable"],
    ["a refused connection", Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "Unreachable"],
    ["a lost connection below a fetch", new Error("x", { cause: { code: "ECONNRESET" } }), "Unreachable"],
    ["an abort", named("AbortError", "aborted"), "Cancelled"],
    [
        "a wrong secret",
        named("AuthenticationRequiredError", "invalid_client: AADSTS7000215: x"),
        "CredentialInvalid",
    ],
    ["an unknown tenant", named("AuthenticationRequiredError", "AADSTS90002: x"), "CredentialInvalid"],
    ["an unknown client", named("AuthenticationError", "AADSTS700016: x"), "CredentialInvalid"],
    [
        "a refusal of another sort",
        named("AuthenticationRequiredError", "AADSTS999999: x"),
        "CredentialInvalid",
    ],
    [
        "another tenant's challenge",
        named(
            "CredentialUnavailableError",
            "The current credential is not configured to acquire tokens for tenant abc. To enable acquiring",
        ),
        "CredentialInvalid",
    ],
    ["no credential", named("CredentialUnavailableError", "x"), "CredentialUnavailable"],
    [
        "no credential of any sort",
        named("AggregateAuthenticationError", "x", { errors: [named("CredentialUnavailableError", "y")] }),
        "CredentialUnavailable",
    ],
    [
        "a wrong credential among absent ones",
        named("AggregateAuthenticationError", "x", { errors: [new Error("AADSTS7000215: y")] }),
        "CredentialInvalid",
    ],
    [
        "a sign-in service out of reach",
        named("CredentialUnavailableError", "network_error: x"),
        "Unreachable",
    ],
    ["a defect", new TypeError("x is not a function"), "Unexpected"],
    ["something that is no error", "text", "Unexpected"],
];

describe("toDataplaneError", () => {
    for (const [name, error, code, detail] of cases) {
        it(`makes ${code} of ${name}`, () => {
            const made = toDataplaneError(error, detail);
            expect(made).to.be.instanceOf(DataplaneError);
            expect(made.code).to.equal(code);
            expect(made.message).not.to.match(/\n/);
            expect(made.message).not.to.equal("");
        });
    }

    it("says which item of which resource, on which side, and what the service said", () => {
        const error = restError({
            status: 403,
            code: "Forbidden",
            message: "Caller is not authorized\r\nto do this",
            details: innerError("ForbiddenByRbac"),
            headers: { "x-ms-request-id": "42" },
        });
        const made = toDataplaneError(error, { item: "a", resource: "https://app/?sig=x", side: "source" });
        expect(made.message).to.equal(
            '"a" in https://app/ (source): access denied (403 Forbidden ForbiddenByRbac): ' +
                "Caller is not authorized to do this; request 42",
        );
        expect(made.detail).to.deep.include({
            status: 403,
            serviceCode: "ForbiddenByRbac",
            requestId: "42",
            resource: "https://app/",
        });
    });

    it("takes the service's code from the header where an answer has no body", () => {
        const made = toDataplaneError(
            restError({ status: 404, headers: { "x-ms-error-code": "BlobNotFound" } }),
        );
        expect(made.detail.serviceCode).to.equal("BlobNotFound");
    });

    it("says what to do about a wrong secret", () => {
        const made = toDataplaneError(named("AuthenticationRequiredError", "AADSTS7000215: x"));
        expect(made.message).to.contain("the client secret is wrong (AADSTS7000215)");
        expect(made.detail.remedy).to.contain("secret's value");
    });

    const content = "the-content-of-the-item";
    const leaky: readonly (readonly [name: string, error: Error])[] = [
        ["a body that can't be parsed", syntaxError(content)],
        [
            "a body that the SDK can't parse",
            new RestError(`Error "x" occurred while parsing the response body - ${content}.`, {
                code: "PARSE_ERROR",
                statusCode: 200,
            }),
        ],
        [
            "a body of an error that the SDK can't parse",
            new RestError(`Error "x" occurred while parsing the response body - ${content}.`, {
                code: "PARSE_ERROR",
                statusCode: 500,
            }),
        ],
        [
            "a complaint about what was sent",
            restError({ status: 400, message: `bad: ${content}`, sentBody: content }),
        ],
        [
            "an answer with content",
            restError({ status: 500, message: "m", body: content, sentBody: content }),
        ],
        ["details with content", restError({ status: 500, message: "m", details: { value: content } })],
        ["a signature", new Error(`GET https://a/b?sig=${content} failed`)],
    ];
    for (const [name, error] of leaky) {
        it(`shows nothing of ${name}`, () => {
            const made = toDataplaneError(error, { item: "a", side: "target" });
            const shown = [made.message, made.stack, inspect(made, { depth: 9, showHidden: true })].join(
                "\n",
            );
            expect(shown).not.to.contain(content);
            expect(shown).not.to.contain("the-token-of-the-request");
            expect(shown).not.to.contain("signature-of-the-url");
        });
    }

    it("shows why a request without a body was refused", () => {
        expect(toDataplaneError(restError({ status: 400, message: "bad name" })).message).to.contain(
            "bad name",
        );
    });

    it("lets a finished error pass, and adds only what it does not know", () => {
        const error = new DataplaneError("Conflict", "m", { item: "a", side: "source" });
        expect(toDataplaneError(error, { item: "b", side: "target" })).to.equal(error);
        const completed = toDataplaneError(error, { item: "b", resource: "r" });
        expect(completed).to.deep.include({ code: "Conflict", message: "m", stack: error.stack });
        expect(completed.detail).to.deep.equal({ item: "a", side: "source", resource: "r" });
    });
});

function syntaxError(text: string): Error {
    try {
        JSON.parse(text);
    } catch (error) {
        if (error instanceof SyntaxError) return error;
    }
    throw new Error("it can be parsed");
}
