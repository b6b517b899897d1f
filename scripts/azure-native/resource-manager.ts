import { createHttpPoller, type LroResponse } from "@azure/core-lro";
import {
    bearerTokenAuthenticationPolicy,
    createDefaultHttpClient,
    createHttpHeaders,
    createPipelineFromOptions,
    createPipelineRequest,
    type HttpMethods,
} from "@azure/core-rest-pipeline";
import type { Configuration } from "./configuration.js";
import type { Properties } from "./properties.js";

/** Azure Resource Manager said no. */
class ResourceManagerError extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
        this.name = "ResourceManagerError";
    }
}

/** Azure Resource Manager, as far as a provider needs it. */
export class ResourceManager {
    private readonly client = createDefaultHttpClient();
    private readonly pipeline;

    constructor(private readonly configuration: Configuration) {
        this.pipeline = createPipelineFromOptions({});
        this.pipeline.addPolicy(
            bearerTokenAuthenticationPolicy({ credential: configuration.credential, scopes: this.scope }),
        );
    }

    /** The scope of its tokens. */
    get scope(): string {
        return `${this.configuration.cloud.resourceManager}/.default`;
    }

    /** The resource, or undefined where it doesn't exist. */
    async get(id: string, apiVersion: string): Promise<Properties | undefined> {
        try {
            return (await this.send("GET", id, apiVersion)).flatResponse as Properties;
        } catch (error) {
            if (error instanceof ResourceManagerError && error.status === 404) return undefined;
            throw error;
        }
    }

    /** What an action answers. */
    async post(id: string, action: string, apiVersion: string): Promise<Properties> {
        return (await this.send("POST", `${id}/${action}`, apiVersion)).flatResponse as Properties;
    }

    /** Creates or updates, and waits until it is done. Answers with the resource. */
    async put(id: string, apiVersion: string, body: Properties): Promise<Properties> {
        return await this.finish("PUT", id, apiVersion, body);
    }

    /** Deletes, and waits until it is done; what is gone already is no error. */
    async delete(id: string, apiVersion: string): Promise<void> {
        try {
            await this.finish("DELETE", id, apiVersion);
        } catch (error) {
            if (!(error instanceof ResourceManagerError && error.status === 404)) throw error;
        }
    }

    private async finish(
        method: "PUT" | "DELETE",
        id: string,
        apiVersion: string,
        body?: Properties,
    ): Promise<Properties> {
        const poller = await createHttpPoller<Properties, { status: "running"; error?: Error }>(
            {
                requestMethod: method,
                requestPath: this.url(id, apiVersion),
                sendInitialRequest: () => this.send(method, id, apiVersion, body),
                sendPollRequest: (path) => this.sendTo("GET", path),
            },
            // Only where the service doesn't say how long to wait.
            { intervalInMs: 500 },
        );
        return await poller.pollUntilDone();
    }

    private url(id: string, apiVersion: string): string {
        return `${this.configuration.cloud.resourceManager}${id}?api-version=${apiVersion}`;
    }

    private send(
        method: HttpMethods,
        id: string,
        apiVersion: string,
        body?: Properties,
    ): Promise<LroResponse> {
        return this.sendTo(method, this.url(id, apiVersion), body);
    }

    private async sendTo(method: HttpMethods, url: string, body?: Properties): Promise<LroResponse> {
        const request = createPipelineRequest({
            url,
            method,
            headers: createHttpHeaders({ accept: "application/json", "content-type": "application/json" }),
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const response = await this.pipeline.sendRequest(this.client, request);
        const text = response.bodyAsText ?? "";
        const parsed: unknown = text === "" ? {} : JSON.parse(text);
        if (response.status >= 400)
            throw new ResourceManagerError(response.status, message(response.status, parsed));
        return {
            flatResponse: parsed,
            rawResponse: { statusCode: response.status, headers: response.headers.toJSON(), body: parsed },
        };
    }
}

/** In the real provider's words. */
function message(status: number, body: unknown): string {
    const { code = "Unknown", message: text = "" } =
        (body as { error?: { code?: string; message?: string } }).error ?? {};
    return `Status=${String(status)} Code="${code}" Message="${text}"`;
}
