import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

/** A signed-in caller, from a checked token. */
export interface Principal {
    tenantId: string;
    objectId: string;
    clientId: string;
    /** The token's audience without a trailing slash: `https://vault.azure.net`. */
    audience: string;
}

/** A request that came through the front door, with its real host name. */
export interface ServiceRequest {
    readonly id: string;
    readonly method: string;
    /** With the production host: `https://app.vault.azure.net/secrets/x?api-version=…`. */
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    /** The raw Authorization header's token, where there is one. */
    readonly bearer?: string;
    /** The body, read whole once; later calls give the same. */
    body(): Promise<Buffer>;
    /** The raw message, for services that stream. */
    readonly raw: IncomingMessage;
}

export interface ServiceResponse {
    status: number;
    headers?: Record<string, string | string[]>;
    /** Objects are sent as JSON. */
    body?: object | string | Buffer | Readable;
}

/** One local service. The front door asks them in order and takes the first whose `hosts` matches. */
export interface Service {
    readonly name: string;
    readonly hosts: RegExp;
    handle(request: ServiceRequest): Promise<ServiceResponse>;
    /** Whether this request would change something; kept in the request log so that tests can count writes. */
    isWrite(method: string, url: URL): boolean;
    /** State for `--data`, as JSON. */
    save?(): unknown;
    load?(state: unknown): void | Promise<void>;
    stop?(): Promise<void>;
}

/** A line of the log of requests, for tests. */
export interface LoggedRequest {
    id: string;
    method: string;
    host: string;
    path: string;
    status: number;
    write: boolean;
    service: string;
    /** The object id of the caller, once the service has checked the token. */
    principal?: string;
    at: number;
}

/** Something that goes wrong on purpose. */
export interface Fault {
    /** Host and path-and-query that it applies to; undefined: any. */
    host?: RegExp;
    path?: RegExp;
    method?: string;
    /** How many requests are let through first, and how many are then hit. Default 0 and Infinity. */
    skip?: number;
    times?: number;
    kind:
        | { type: "latency"; milliseconds: number }
        | { type: "status"; status: number; retryAfterSeconds?: number; code?: string; message?: string }
        /** The connection is cut: before the service saw the request, or after it acted but before it answered. */
        | { type: "cut"; when: "before" | "after" }
        /** The body of the answer ends early. */
        | { type: "truncate"; bytes: number };
}

/** What a service asks of the rest. */
export interface Platform {
    /** Milliseconds since the epoch; tests may move it. */
    now(): number;
    /** Checks signature, issuer, expiry, audience. Throws `TokenError` with the reason. */
    authenticate(bearer: string, audiences: readonly string[]): Promise<Principal>;
    /**
     * Whether the principal may do the (data) action at the scope: role assignments at it or any parent, definitions
     * with wildcards, notActions and notDataActions, and only assignments that already act.
     */
    isAllowed(principal: Principal, action: string, scope: string, kind: "action" | "dataAction"): boolean;
    /** ARM's resource with that host as one of its endpoints. */
    findByHost(type: string, host: string): ArmRecord | undefined;
    /** ARM's resource with that ID. */
    findById(id: string): ArmRecord | undefined;
    /** The front door's port and CA, for services that start helpers of their own. */
    readonly port: number;
    readonly caFile: string;
}

/** A resource as the local ARM holds it. */
export interface ArmRecord {
    id: string;
    name: string;
    type: string;
    location: string;
    tags?: Record<string, string>;
    kind?: string;
    sku?: { name: string };
    properties: Record<string, unknown>;
    /** Of the subscription it is in. */
    tenantId: string;
    /**
     * Access keys, where the type has such (a storage account's two, base64). Only `listKeys` answers with them, and
     * `regenerateKey` changes them.
     */
    accessKeys?: AccessKey[];
}

/** A key of a resource, as `listKeys` answers with it. */
export interface AccessKey {
    keyName: string;
    value: string;
}
