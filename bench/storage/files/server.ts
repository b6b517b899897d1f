// The local Azure's file service in a process of its own, on plain HTTP, with two accounts whose names are the first part
// of the path. Tells its parent the port, then answers each of its messages with figures.

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { ArmRecord, Platform, ServiceRequest } from "../../../emulator/contract.js";
import { sendResponse } from "../../../emulator/send-response.js";
import { createStorage } from "../../../emulator/storage/index.js";
import { accountKey } from "../place.js";
import { secondAddress } from "./second-address.js";

const suffix = ".file.core.windows.net";
const type = "Microsoft.Storage/storageAccounts";
const accounts = new Map(["benchsource", "benchtarget"].map((name) => [`${name}${suffix}`, accountOf(name)]));

function accountOf(name: string): ArmRecord {
    return {
        id: `/subscriptions/bench/resourceGroups/bench/providers/${type}/${name}`,
        name,
        type,
        location: "westeurope",
        properties: {},
        tenantId: "bench",
        accessKeys: [{ keyName: "key1", value: accountKey }],
    };
}

/** Whoever comes with a token may do everything: what it costs to check one is not measured. */
const platform: Platform = {
    now: Date.now,
    authenticate: (_token, [audience = ""]) =>
        Promise.resolve({ tenantId: "bench", objectId: "bench", clientId: "bench", audience }),
    isAllowed: () => true,
    findByHost: (_type, host) => accounts.get(host),
    findById: () => undefined,
    port: 0,
    caFile: "",
};

/** The production URL behind one of this server: `/benchsource/data/a` is `a` in the share `data` of `benchsource`. */
function productionUrl(url: string): URL {
    const { pathname, search } = new URL(url, "http://127.0.0.1");
    const [, account = "", ...path] = pathname.split("/");
    return new URL(`https://${account}${suffix}/${path.join("/")}${search}`);
}

function toServiceRequest(message: IncomingMessage): ServiceRequest {
    const url = productionUrl(message.url ?? "/");
    message.url = `${url.pathname}${url.search}`;
    const { rawHeaders } = message;
    const source = rawHeaders.findIndex((name) => name.toLowerCase() === "x-ms-copy-source") + 1;
    const copied = rawHeaders[source] ?? "";
    if (source > 0 && copied.startsWith("http:")) rawHeaders[source] = productionUrl(copied).href;
    const bearer = /^bearer\s+(.+)$/i.exec(message.headers.authorization ?? "")?.[1];
    return {
        id: randomUUID(),
        method: message.method ?? "GET",
        url,
        headers: {},
        ...(bearer === undefined ? {} : { bearer }),
        body: () => buffer(message),
        raw: message,
    };
}

async function main(): Promise<void> {
    const storage = await createStorage(platform);
    let requests = 0;
    const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
        requests += 1;
        const request = toServiceRequest(message);
        await sendResponse(message, response, await storage.handle(request), { id: request.id });
    };
    const answer = (message: IncomingMessage, response: ServerResponse): void => {
        serve(message, response).catch((error: unknown) => {
            console.error(error);
            message.socket.destroy();
        });
    };
    process.on("message", () => {
        const { user, system } = process.cpuUsage();
        process.send?.({ requests, cpu: (user + system) / 1_000_000 });
        requests = 0;
    });
    // Its temporary folder goes with it.
    process.on("disconnect", () => {
        void storage.stop?.().finally(() => process.exit());
    });
    const server = createServer(answer).listen(0, "127.0.0.1", () => {
        const address = server.address() as AddressInfo;
        // All of 127.0.0.0/8 is this machine, but on Linux alone without further ado.
        if (process.platform === "linux") createServer(answer).listen(address.port, secondAddress);
        process.send?.(address);
    });
}

void main();
