import { createServer, type Server as HttpServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { measured } from "./measure.js";
import { accountKey, containerName, root, type Place } from "./place.js";

/** What our client says of its run. */
interface Told {
    readonly seconds: number;
    readonly requests: number;
    readonly retries: number;
    /** Bytes of state. */
    readonly state: number;
    readonly again: number;
    readonly summary: {
        readonly created: number;
        readonly same: number;
        readonly paths: Record<string, number>;
    };
}

export interface OurOptions {
    /** Requests are signed with the account's key. Stubs ask for nothing. */
    readonly signs: boolean;
    /** How often it runs once more in the same process. Default 0. */
    readonly repeat?: number;
    /** Instead of the product's own choice of what the service copies in blocks. In bytes. */
    readonly sizes?: {
        readonly oneCall: number;
        readonly copiedBlock: number;
        readonly copiedBlocksAtOnce: number;
    };
}

/** The compiled package; a developer may name another folder. */
const product = process.env.BENCH_PRODUCT ?? join(root, "dist");

/** Runs our client once, with a sign-in by managed identity that this process answers. */
export async function runOurs(place: Place, options: OurOptions) {
    await using identity = await startIdentity();
    const job = {
        ...place,
        product,
        container: containerName,
        key: accountKey,
        signs: options.signs,
        repeat: options.repeat ?? 0,
        ...(options.sizes === undefined ? {} : { sizes: options.sizes }),
    };
    const { output, ...figures } = await measured(
        process.execPath,
        [join(__dirname, "client.mjs"), JSON.stringify(job)],
        identity.environment,
    );
    return { ...figures, told: JSON.parse(output) as Told };
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
async function startIdentity() {
    const server: HttpServer = createServer((_request, response) => {
        response.setHeader("content-type", "application/json");
        response.end(
            JSON.stringify({
                access_token: "bench",
                expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
                resource: "https://storage.azure.com/",
                token_type: "Bearer",
            }),
        );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
        environment: {
            IDENTITY_ENDPOINT: `http://127.0.0.1:${String(port)}/msi/token`,
            IDENTITY_HEADER: "bench",
            AZURE_USE_MSI: "true",
        },
        async [Symbol.asyncDispose]() {
            server.close();
            server.closeAllConnections();
            await once(server, "close");
        },
    };
}
