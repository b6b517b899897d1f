import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { isAzureHost } from "./hosts.js";

/**
 * An HTTP proxy that knows one way: `CONNECT` to an Azure host leads to the local Azure. Clients of any language that
 * honour `HTTPS_PROXY` reach it with production URLs, without rights, a hosts file or port 443.
 */
export interface ConnectProxy {
    readonly port: number;
    /** What such a client needs in its environment beside the authority. */
    readonly environment: Record<string, string>;
    stop(): Promise<void>;
}

/**
 * @param frontDoorPort the local Azure's TLS port.
 * @param port of the proxy on 127.0.0.1; default 0 takes any that is free.
 */
export async function startConnectProxy(frontDoorPort: number, port = 0): Promise<ConnectProxy> {
    const sockets = new Set<Socket>();
    const server = createServer((_request, response) => {
        response
            .writeHead(405, { "content-type": "text/plain" })
            .end("This proxy only tunnels to Azure hosts.\n");
    });
    server.on("connection", (socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
    });
    server.on("connect", (request, socket) => {
        const host = (request.url ?? "").replace(/:\d+$/, "");
        if (!isAzureHost(host)) {
            socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
            return;
        }
        const upstream = connect(frontDoorPort, "127.0.0.1", () => {
            socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
            upstream.pipe(socket).pipe(upstream);
        });
        sockets.add(upstream);
        upstream.once("close", () => {
            sockets.delete(upstream);
            socket.destroy();
        });
        upstream.on("error", () => socket.destroy());
        socket.on("error", () => upstream.destroy());
    });
    await listen(server, port);
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    return {
        port: (server.address() as AddressInfo).port,
        environment: { HTTPS_PROXY: url, https_proxy: url, NO_PROXY: "", no_proxy: "" },
        stop: () =>
            new Promise((resolve) => {
                server.close(() => {
                    resolve();
                });
                for (const socket of sockets) socket.destroy();
            }),
    };
}

function listen(server: Server, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
        server.once("error", reject).listen(port, "127.0.0.1", () => {
            resolve();
        });
    });
}
