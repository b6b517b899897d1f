import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import type { ArmRecord, Platform, Principal, ServiceResponse } from "../../contract.js";
import { allowsKeys, incarnation } from "../accounts.js";
import { checkKey, signIn } from "../authorization.js";
import { HeaderList, internal, type BlobRequest } from "../blob-request.js";
import { discard } from "../copy-source.js";
import { challenge, keysNotPermitted, permissionMismatch } from "../errors.js";
import { withProductionEndpoint } from "../responses.js";
import { Upstream, type Voucher } from "../upstream.js";
import { startQueues } from "./azurite.js";
import { operationOf, type QueueOperation } from "./operations.js";

/** The queues of all accounts: Azurite's, with tokens and roles checked in front. */
export class Queues {
    readonly #upstream: Upstream;
    readonly #incarnations = new Map<string, string>();

    /** @param directory where queues outlive the process; undefined: in memory. */
    constructor(
        private readonly platform: Platform,
        directory: string | undefined,
    ) {
        this.#upstream = new Upstream(platform, directory, {
            name: "queue",
            server: "Windows-Azure-Queue/1.0 Microsoft-HTTPAPI/2.0",
            start: (accounts, folder) => startQueues(accounts, folder, () => platform.now()),
        });
    }

    /** Answers a request to an account. Throws `StorageError` for what is refused in front of Azurite. */
    async serve(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        await this.#forgetPredecessor(account);
        const operation = operationOf(request.method, request.url);
        const voucher = await this.#authorize(account, request, operation);
        const response = await this.#upstream.send(account, request, voucher);
        const date = new Date(this.platform.now()).toUTCString();
        const dated = { ...response, headers: { ...response.headers, date } };
        return operation.name === "ListQueues" ? withProductionEndpoint(dated, request.url.hostname) : dated;
    }

    /** Lets go of Azurite. */
    stop(): Promise<void> {
        return this.#upstream.stop();
    }

    /** Throws 401 or 403. */
    async #authorize(account: ArmRecord, request: BlobRequest, operation: QueueOperation): Promise<Voucher> {
        const authorization = request.headers.get("authorization");
        if (authorization === undefined) {
            if (!request.url.searchParams.has("sig") && request.method !== "OPTIONS")
                throw challenge(account.tenantId, "NoAuthenticationInformation");
            if (!allowsKeys(account)) throw keysNotPermitted();
            return { kind: "none" };
        }
        const bearer = /^Bearer\s+(.+)$/i.exec(authorization)?.[1];
        if (bearer === undefined) checkKey(account, request);
        else this.#requireRoles(account, operation, await signIn(this.platform, account, bearer, "queue"));
        return { kind: "key" };
    }

    #requireRoles(account: ArmRecord, { needs, queue }: QueueOperation, principal: Principal): void {
        const scope = queue === "" ? account.id : `${account.id}/queueServices/default/queues/${queue}`;
        const isGranted = needs.every((alternatives) =>
            alternatives.some(({ action, kind }) => this.platform.isAllowed(principal, action, scope, kind)),
        );
        if (!isGranted) throw permissionMismatch();
    }

    /** An account that was made anew under an old name starts empty. */
    async #forgetPredecessor(account: ArmRecord): Promise<void> {
        const now = incarnation(account);
        const before = this.#incarnations.get(account.name);
        this.#incarnations.set(account.name, now);
        if (before === undefined || before === now) return;
        const send = (method: string, path: string): Promise<ServiceResponse> => {
            const url = new URL(path, `https://${account.name}.queue.core.windows.net`);
            return this.#upstream.send(account, internal("cleanup", method, url, new HeaderList()), {
                kind: "key",
            });
        };
        const listing = await send("GET", "/?comp=list");
        const queues = listing.body instanceof Readable ? (await buffer(listing.body)).toString() : "";
        for (const [, name = ""] of queues.matchAll(/<Queue><Name>([^<]+)<\/Name>/g))
            discard(await send("DELETE", `/${name}`));
    }
}
