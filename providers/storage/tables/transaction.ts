import { randomUUID } from "node:crypto";

/** One operation of an entity group transaction: an insert, or a replacement of what has that ETag. */
export interface Operation {
    readonly url: string;
    readonly body: string;
    readonly ifMatch: string | undefined;
}

/** What a transaction was answered with. */
export type TransactionAnswer =
    /** The ETags, in the order of the operations. */
    | { readonly etags: readonly string[] }
    /** Nothing was done. `index` is of the operation that the service names, if it names one. */
    | { readonly status: number; readonly code: string; readonly index: number | undefined };

/**
 * Limits of a transaction: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions#requirements-for-entity-group-transactions
 */
export const transactionLimits = {
    items: 100,
    // 4 MiB, of which the frame takes some.
    bytes: 4 * 1024 * 1024 - 1024,
    source: "https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions#requirements-for-entity-group-transactions",
} as const;

/** Headers that stand beside every entity that is written. */
export const writeHeaders = {
    accept: "application/json;odata=minimalmetadata",
    "content-type": "application/json",
    prefer: "return-no-content",
    dataserviceversion: "3.0",
    maxdataserviceversion: "3.0",
} as const;

const operationHeaders = [
    "Accept: application/json;odata=minimalmetadata",
    "Content-Type: application/json",
    "Prefer: return-no-content",
    "DataServiceVersion: 3.0",
    "MaxDataServiceVersion: 3.0",
];

/** More than an operation takes beside its URL and body. */
export const operationOverhead = 512;

/** The request's type and body. */
export function toTransaction(operations: readonly Operation[]): { contentType: string; body: string } {
    const id = randomUUID();
    const parts = operations.flatMap(({ url, body, ifMatch }) => [
        `--changeset_${id}`,
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        `${ifMatch === undefined ? "POST" : "PUT"} ${url} HTTP/1.1`,
        ...operationHeaders,
        ...(ifMatch === undefined ? [] : [`If-Match: ${ifMatch}`]),
        "",
        body,
    ]);
    const lines = [
        `--batch_${id}`,
        `Content-Type: multipart/mixed; boundary=changeset_${id}`,
        "",
        ...parts,
        `--changeset_${id}--`,
        `--batch_${id}--`,
        "",
    ];
    return { contentType: `multipart/mixed; boundary=batch_${id}`, body: lines.join("\r\n") };
}

/** Undefined where the answer tells of another number of operations than were sent. */
export function parseAnswer(text: string, count: number): TransactionAnswer | undefined {
    const parts = text
        .split(/^--changesetresponse_.*$/m)
        .slice(1)
        .filter((part) => part.includes("HTTP/1.1"));
    const etags: string[] = [];
    for (const part of parts) {
        const status = Number(/HTTP\/1\.1 (\d{3})/.exec(part)?.[1]);
        if (!(status < 300)) return refusalOf(status, part);
        const etag = /^ETag: (.*?)\r?$/im.exec(part)?.[1];
        if (etag !== undefined) etags.push(etag);
    }
    return etags.length === count ? { etags } : undefined;
}

/** The message begins with the index of the operation, from 0: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions#sample-error-response */
function refusalOf(status: number, part: string): TransactionAnswer {
    const index = /"value":"(\d+):/.exec(part)?.[1];
    return {
        status,
        code: /"code":"([^"]*)"/.exec(part)?.[1] ?? "",
        index: index === undefined ? undefined : Number(index),
    };
}
