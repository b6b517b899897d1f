import { readFile } from "node:fs/promises";
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { DataplaneError } from "../errors.js";
import { registerSecret } from "../redact.js";
import type { OidcToken } from "./description.js";

/**
 * The OIDC token as it is now: a file's is replaced by whoever runs this before it expires, GitHub's is new each time.
 * From now on it is redacted everywhere.
 *
 * @throws DataplaneError `CredentialInvalid` where there is none to be had.
 */
export async function readOidcToken(token: OidcToken, httpClient?: HttpClient): Promise<string> {
    const value = (await read(token, httpClient)).trim();
    registerSecret(value);
    return value;
}

function read(token: OidcToken, httpClient: HttpClient | undefined): Promise<string> {
    switch (token.from) {
        case "value":
            return Promise.resolve(token.value);
        case "file":
            return readTokenFile(token.path);
        case "request":
            return requestToken(token.url, token.bearer, httpClient ?? createDefaultHttpClient());
    }
}

async function readTokenFile(path: string): Promise<string> {
    try {
        return await readFile(path, "utf8");
    } catch (error) {
        throw new DataplaneError("CredentialInvalid", `The file of the OIDC token can't be read: ${path}`, {
            remedy: "Check the path, and that this process may read the file.",
            cause: error,
        });
    }
}

/**
 * Asks GitHub Actions for a token.
 * https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 */
async function requestToken(url: string, bearer: string, httpClient: HttpClient): Promise<string> {
    const address = new URL(url);
    address.searchParams.set("audience", "api://AzureADTokenExchange");
    const headers = createHttpHeaders({ authorization: `Bearer ${bearer}`, accept: "application/json" });
    const request = createPipelineRequest({ url: address.href, headers });
    const response = await httpClient.sendRequest(request);
    const value = response.status === 200 ? valueOf(response.bodyAsText ?? "") : undefined;
    if (value !== undefined) return value;
    const status = String(response.status);
    throw new DataplaneError("CredentialInvalid", `The OIDC token was refused: ${address.host} (${status})`, {
        status: response.status,
        remedy: "Give the workflow the permission `id-token: write`.",
    });
}

function valueOf(body: string): string | undefined {
    try {
        const { value } = JSON.parse(body) as { value?: unknown };
        return typeof value === "string" ? value : undefined;
    } catch {
        return undefined;
    }
}
