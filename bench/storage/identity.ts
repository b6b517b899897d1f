import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A managed identity that this process answers for, as App Service has it:
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startIdentity() {
    const server: Server = createServer((_request, response) => {
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
