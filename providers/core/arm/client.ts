import type { TokenCredential } from "@azure/core-auth";
import {
    bearerTokenAuthenticationPolicy,
    createPipelineFromOptions,
    createPipelineRequest,
    RestError,
    type HttpClient,
    type HttpMethods,
    type Pipeline,
    type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { ArmResource } from "../contract.js";
import type { Cloud } from "../clouds.js";
import { DataplaneError } from "../errors.js";
import { clientOptions } from "../http/client.js";
import { toDataplaneError } from "../http-errors.js";

export interface ArmClientOptions {
    readonly credential: TokenCredential;
    readonly cloud: Cloud;
    /** The store's own: it carries the guard of the source, retries and the count. */
    readonly httpClient: HttpClient;
    readonly signal?: AbortSignal;
}

/** What a role or an assignment grants. https://learn.microsoft.com/azure/role-based-access-control/role-definitions */
export interface PermissionSet {
    readonly actions?: readonly string[];
    readonly notActions?: readonly string[];
    readonly dataActions?: readonly string[];
    readonly notDataActions?: readonly string[];
}

export interface RoleAssignment {
    readonly id: string;
    readonly name: string;
    readonly properties: {
        readonly roleDefinitionId: string;
        readonly principalId: string;
        readonly scope: string;
        /** What must hold for it to grant anything. https://learn.microsoft.com/azure/role-based-access-control/conditions-format */
        readonly condition?: string | null;
    };
}

/** https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#deny-assignment-properties */
export interface DenyAssignment {
    readonly id: string;
    readonly properties: {
        readonly denyAssignmentName?: string;
        readonly permissions?: readonly (PermissionSet & { readonly condition?: string | null })[];
        readonly scope?: string;
        readonly doNotApplyToChildScopes?: boolean;
        readonly principals?: readonly DeniedPrincipal[];
        readonly excludePrincipals?: readonly DeniedPrincipal[];
        readonly condition?: string | null;
    };
}

interface DeniedPrincipal {
    readonly id?: string;
    /** `User`, `Group`, `ServicePrincipal`, `SystemDefined` (everybody). */
    readonly type?: string;
}

export interface RoleDefinition {
    readonly id: string;
    readonly name: string;
    readonly properties: { readonly roleName: string; readonly permissions: readonly PermissionSet[] };
}

/** ARM's own codes for "there is no such thing". A resource provider's 404 may mean anything else. */
const absent: ReadonlySet<string> = new Set(["ResourceNotFound", "ResourceGroupNotFound"]);

/** https://learn.microsoft.com/rest/api/authorization/role-assignments */
const authorizationVersion = "2022-04-01";

/**
 * Azure Resource Manager, for the few things that replication asks of it. Reads are the methods; `send` is for actions
 * such as listing keys. On the source side nothing but reads gets past the HTTP client.
 */
export class ArmClient {
    readonly #pipeline: Pipeline;
    readonly #options: ArmClientOptions;

    constructor(options: ArmClientOptions) {
        this.#options = options;
        const { retryOptions, userAgentOptions } = clientOptions(options);
        this.#pipeline = createPipelineFromOptions({ retryOptions, userAgentOptions });
        this.#pipeline.addPolicy(
            bearerTokenAuthenticationPolicy({
                credential: options.credential,
                scopes: `${options.cloud.resourceManager}/.default`,
            }),
            { phase: "Sign" },
        );
    }

    /**
     * A resource by its ID; undefined only where ARM itself says that it, or its resource group, is not there.
     *
     * Needs the resource type's `read` action.
     */
    async get(id: string, apiVersion: string): Promise<ArmResource | undefined> {
        const url = this.#url(id, { "api-version": apiVersion });
        const response = await this.#exchange("GET", url, id);
        if (response.status === 404 && absent.has(errorCode(response) ?? "")) return undefined;
        return this.#json(response, id) as ArmResource;
    }

    /** The members of a collection, page by page. An incomplete listing throws. */
    async *list<T = ArmResource>(
        path: string,
        apiVersion: string,
        query: Readonly<Record<string, string>> = {},
    ): AsyncIterable<T> {
        let url: URL | undefined = this.#url(path, { "api-version": apiVersion, ...query });
        while (url !== undefined) {
            const page = this.#json(await this.#exchange("GET", url, path), path) as {
                value?: T[];
                nextLink?: string;
            };
            if (!Array.isArray(page.value)) throw this.#malformed(path);
            yield* page.value;
            url = page.nextLink ? this.#next(page.nextLink, path) : undefined;
        }
    }

    /** What the caller may do at a scope, from all of its assignments: one set for each. Any caller may ask. */
    async permissions(scope: string): Promise<PermissionSet[]> {
        return collect(
            this.list(`${scope}/providers/Microsoft.Authorization/permissions`, authorizationVersion),
        );
    }

    /**
     * Role assignments at a scope, above and below it; `filter` is OData: `atScope()`, `assignedTo('…')`,
     * `principalId eq '…'`.
     *
     * Needs `Microsoft.Authorization/roleAssignments/read`.
     */
    roleAssignments(scope: string, filter?: string): Promise<RoleAssignment[]> {
        return this.#authorization(scope, "roleAssignments", filter);
    }

    /**
     * Deny assignments; `filter` is OData: `atScope()` is at the scope and above it.
     * https://learn.microsoft.com/rest/api/authorization/deny-assignments/list-for-scope
     *
     * Needs `Microsoft.Authorization/denyAssignments/read`.
     */
    denyAssignments(scope: string, filter?: string): Promise<DenyAssignment[]> {
        return this.#authorization(scope, "denyAssignments", filter);
    }

    /** Role definitions at a scope; `filter` is OData: `roleName eq 'Key Vault Secrets User'`. */
    roleDefinitions(scope: string, filter?: string): Promise<RoleDefinition[]> {
        return this.#authorization(scope, "roleDefinitions", filter);
    }

    #authorization<T>(scope: string, type: string, filter?: string): Promise<T[]> {
        const path = `${scope}/providers/Microsoft.Authorization/${type}`;
        return collect(
            this.list<T>(path, authorizationVersion, filter === undefined ? {} : { $filter: filter }),
        );
    }

    /** One role definition by its resource ID; undefined where there is none. */
    async roleDefinition(id: string): Promise<RoleDefinition | undefined> {
        const url = this.#url(id, { "api-version": authorizationVersion });
        const response = await this.#exchange("GET", url, id);
        if (response.status === 404 && errorCode(response) === "RoleDefinitionDoesNotExist") return undefined;
        return this.#json(response, id) as RoleDefinition;
    }

    /** Any other request; the answer's JSON, or undefined where it has no body. */
    async send(method: HttpMethods, path: string, apiVersion: string, body?: object): Promise<unknown> {
        const url = this.#url(path, { "api-version": apiVersion });
        return this.#json(await this.#exchange(method, url, path, body), path);
    }

    #url(path: string, query: Readonly<Record<string, string>>): URL {
        const url = new URL(path, this.#options.cloud.resourceManager);
        for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
        return url;
    }

    /** A token must not follow a link to another host. */
    #next(link: string, path: string): URL {
        const url = URL.canParse(link) ? new URL(link) : undefined;
        if (url?.origin !== new URL(this.#options.cloud.resourceManager).origin) {
            throw new DataplaneError("Unexpected", `ARM's next page of ${path} is on another host`, {
                resource: path,
            });
        }
        return url;
    }

    async #exchange(method: HttpMethods, url: URL, path: string, body?: object): Promise<PipelineResponse> {
        const { httpClient, signal } = this.#options;
        const request = createPipelineRequest({
            url: url.href,
            method,
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            ...(signal === undefined ? {} : { abortSignal: signal }),
        });
        request.headers.set("accept", "application/json");
        if (body !== undefined) request.headers.set("content-type", "application/json");
        try {
            return await this.#pipeline.sendRequest(httpClient, request);
        } catch (error) {
            throw toDataplaneError(error, { resource: path });
        }
    }

    #json(response: PipelineResponse, path: string): unknown {
        if (response.status < 200 || response.status > 299) {
            const said = errorBody(response);
            const error = new RestError(said?.message ?? "", {
                statusCode: response.status,
                ...(said?.code === undefined ? {} : { code: said.code }),
                request: response.request,
                response,
            });
            throw toDataplaneError(error, { resource: path });
        }
        if (!response.bodyAsText) return undefined;
        try {
            return JSON.parse(response.bodyAsText) as unknown;
        } catch {
            throw this.#malformed(path);
        }
    }

    #malformed(path: string): DataplaneError {
        return new DataplaneError("Unexpected", `ARM's answer for ${path} is not what it should be`, {
            resource: path,
        });
    }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
}

function errorCode(response: PipelineResponse): string | undefined {
    return errorBody(response)?.code;
}

/** https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors */
function errorBody(response: PipelineResponse): { code?: string; message?: string } | undefined {
    try {
        const body = JSON.parse(response.bodyAsText ?? "") as {
            error?: { code?: string; message?: string };
        } | null;
        return body?.error;
    } catch {
        return undefined;
    }
}
