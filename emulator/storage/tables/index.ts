import { buffer } from "node:stream/consumers";
import type { ArmRecord, Platform, Principal, ServiceResponse } from "../../contract.js";
import { allowsKeys, incarnation } from "../accounts.js";
import { signIn } from "../authorization.js";
import type { BlobRequest } from "../blob-request.js";
import { challenge, keysNotPermitted, permissionMismatch, StorageError } from "../errors.js";
import { AzuriteTables, type PlainAnswer } from "./azurite-tables.js";
import { checkEntity, tableError } from "./limits.js";
import { operationOf, type TableOperation } from "./operations.js";
import { partsOf } from "./transaction.js";

const LARGEST_BODY = 4 * 1024 * 1024;

/** Headers that belong to one connection, or that the front door decides. */
const connectionHeaders = new Set([
    ...["connection", "keep-alive", "transfer-encoding", "host", "expect", "authorization", "content-length"],
]);

/** Tables of all accounts: what Azurite lacks or leaves unchecked stands here, before it. */
export class Tables {
    readonly #azurite: AzuriteTables;
    readonly #incarnations = new Map<string, string>();

    constructor(
        private readonly platform: Platform,
        file: string | undefined,
    ) {
        this.#azurite = new AzuriteTables(file);
    }

    /** Answers a request to an account; errors of the service too, in the shape that tables have. */
    async serve(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        try {
            return await this.#serve(account, request);
        } catch (error) {
            if (!(error instanceof StorageError)) throw error;
            return toJson(error, request.id, this.platform.now());
        }
    }

    async stop(): Promise<void> {
        await this.#azurite.stop();
    }

    async #serve(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        const principal = await this.#authenticate(account, request);
        await this.#forgetPredecessor(account);
        const body = request.body === undefined ? Buffer.alloc(0) : await buffer(request.body);
        if (body.length > LARGEST_BODY)
            throw tableError(413, "RequestBodyTooLarge", "The request body is too large.");
        const ifMatch = request.headers.get("if-match");
        this.#check(
            account,
            principal,
            operationOf(request.method, request.url, { ifMatch }),
            body.toString(),
        );
        const headers = Object.fromEntries(
            [...request.headers].filter(([name]) => !connectionHeaders.has(name.toLowerCase())),
        );
        const answer = await this.#azurite.send(account.name, {
            method: request.method,
            target: request.target,
            headers,
            body: escapeLineEnds(body),
        });
        return toResponse(answer, request);
    }

    /** A transaction's parts need their own rights each; here one that lacks them fails the whole. */
    #check(account: ArmRecord, principal: Principal, operation: TableOperation, body: string): void {
        if (operation.name === "Transaction") {
            const parts = partsOf(body);
            if (parts.length === 0)
                throw tableError(400, "InvalidInput", "The batch request body is malformed.");
            for (const part of parts) {
                this.#check(account, principal, operationOf(part.method, part.url, part), part.body);
            }
            return;
        }
        const service = `${account.id}/tableServices/default`;
        const scope = operation.table === "" ? account.id : `${service}/tables/${operation.table}`;
        for (const alternatives of operation.needs) {
            const isAllowed = alternatives.some(({ action, kind }) =>
                this.platform.isAllowed(principal, action, scope, kind),
            );
            if (!isAllowed) throw permissionMismatch();
        }
        if (operation.name === "CreateTable") checkTableName(body);
        if (operation.writes === true) checkEntity(body);
    }

    /** Signatures and keys are not modelled for tables: the answer says so, and never lets anybody in. */
    async #authenticate(account: ArmRecord, { headers, url }: BlobRequest): Promise<Principal> {
        const authorization = headers.get("authorization");
        const bearer = /^Bearer\s+(.+)$/i.exec(authorization ?? "")?.[1];
        if (bearer === undefined) {
            if (authorization === undefined && !url.searchParams.has("sig"))
                throw challenge(account.tenantId, "NoAuthenticationInformation");
            if (!allowsKeys(account)) throw keysNotPermitted();
            throw tableError(501, "NotImplemented", "Keys and signatures are not modelled for tables here.");
        }
        return signIn(this.platform, account, bearer, "table");
    }

    /** An account that was made anew under an old name starts empty. */
    async #forgetPredecessor(account: ArmRecord): Promise<void> {
        const now = incarnation(account);
        const before = this.#incarnations.get(account.name);
        this.#incarnations.set(account.name, now);
        if (before === undefined || before === now) return;
        const send = (method: string, target: string): Promise<PlainAnswer> =>
            this.#azurite.send(account.name, {
                method,
                target,
                headers: { accept: "application/json;odata=nometadata" },
                body: Buffer.alloc(0),
            });
        const listing = await send("GET", "/Tables");
        const { value } = JSON.parse(listing.body.toString()) as { value: { TableName: string }[] };
        for (const { TableName } of value) await send("DELETE", `/Tables('${TableName}')`);
    }
}

/** https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#table-names */
function checkTableName(body: string): void {
    const [, name = ""] = /"TableName"\s*:\s*"([^"]*)"/.exec(body) ?? [];
    if (name.length < 3 || name.length > 63)
        throw tableError(400, "OutOfRangeInput", "The specified resource name length is not within limits.");
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name) || name.toLowerCase() === "tables")
        throw tableError(
            400,
            "InvalidResourceName",
            "The specified resource name contains invalid characters.",
        );
}

/** Azurite ends the line of a transaction's entity at what JSON takes for a letter. */
function escapeLineEnds(body: Buffer): Buffer {
    const text = body.toString();
    return /[\u2028\u2029]/.test(text)
        ? Buffer.from(text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029"))
        : body;
}

function toResponse(answer: PlainAnswer, request: BlobRequest): ServiceResponse {
    const headers = Object.fromEntries(
        Object.entries(answer.headers).filter(([name]) => !connectionHeaders.has(name)),
    );
    headers.server = "Windows-Azure-Table/1.0 Microsoft-HTTPAPI/2.0";
    headers["x-ms-request-id"] = request.id;
    return { status: answer.status, headers, ...(answer.body.length === 0 ? {} : { body: answer.body }) };
}

/** https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2#error-response-elements */
function toJson(error: StorageError, id: string, now: number): ServiceResponse {
    const { headers, status } = error.toResponse(id, now);
    const value = `${error.message}\nRequestId:${id}\nTime:${new Date(now).toISOString()}`;
    return {
        status,
        headers: { ...headers, "content-type": "application/json;odata=minimalmetadata;charset=utf-8" },
        body: JSON.stringify({ "odata.error": { code: error.code, message: { lang: "en-US", value } } }),
    };
}
