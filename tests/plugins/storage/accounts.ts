import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { clouds } from "../../../providers/core/clouds.js";
import { fallBackToOwnTenant } from "../../../providers/core/credentials/challenge-tenant.js";
import type { Context, Side, Store } from "../../../providers/core/contract.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { plugin } from "../../../providers/storage/index.js";
import { credentialOf, give, place, startLocalAzure, type Cast } from "../../emulator-services/local.js";

const ACCOUNT = "Microsoft.Storage/storageAccounts";
export const roles = {
    reader: "Storage Blob Data Reader",
    contributor: "Storage Blob Data Contributor",
    owner: "Storage Blob Data Owner",
} as const;

/** What a test opens a store with. */
export interface Opening {
    /** Default: the one with every right. */
    as?: Cast["deployer"];
    options?: Record<string, unknown>;
    mode?: Context["mode"];
    /** Knows the account by its ARM resource ID, and may read ARM. Default false: by its URL alone. */
    arm?: boolean;
    wrap?: (client: HttpClient) => HttpClient;
}

/** Pairs of accounts of two tenants in one local Azure. */
export class Accounts {
    readonly controller = new AbortController();
    #made = 0;

    private constructor(readonly cast: Cast) {}

    static async start(): Promise<Accounts> {
        return new Accounts(await startLocalAzure());
    }

    /** A new, empty pair, of which the two deployers are owners and the reader may read the source. */
    pair(sourceLocation = "westeurope"): Pair {
        this.#made += 1;
        return new Pair(this, String(this.#made), sourceLocation);
    }
}

export class Pair {
    readonly ids: Record<Side, string>;
    readonly #names: Record<Side, string>;

    constructor(
        readonly accounts: Accounts,
        number: string,
        sourceLocation: string,
    ) {
        const { cast } = accounts;
        this.#names = { source: `source${number}`, target: `target${number}` };
        const body = {
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
            properties: { allowBlobPublicAccess: true },
        };
        this.ids = {
            source: place(cast, "production", ACCOUNT, this.#names.source, {
                ...body,
                location: sourceLocation,
            }),
            target: place(cast, "staging", ACCOUNT, this.#names.target, body),
        };
        give(cast, cast.producer, roles.owner, this.ids.source);
        give(cast, cast.deployer, roles.owner, this.ids.target);
        give(cast, cast.reader, roles.reader, this.ids.source);
        give(cast, cast.producer, "Reader", this.ids.source);
        give(cast, cast.deployer, "Reader", this.ids.target);
    }

    /** Tells ARM of something in an account: `encryptionScopes/finance`. */
    arm(side: Side, path: string, properties: object): void {
        this.accounts.cast.azure.arm.put(`${this.ids[side]}/${path}`, { properties });
    }

    host(side: Side): string {
        return `${this.#names[side]}.blob.core.windows.net`;
    }

    fileHost(side: Side): string {
        return `${this.#names[side]}.file.core.windows.net`;
    }

    queueHost(side: Side): string {
        return `${this.#names[side]}.queue.core.windows.net`;
    }

    /** The official client of queues, with every right. */
    queues(side: Side): QueueServiceClient {
        const owner = this.#owner(side);
        give(this.accounts.cast, owner, "Storage Queue Data Contributor", this.ids[side]);
        return new QueueServiceClient(`https://${this.queueHost(side)}`, credentialOf(owner));
    }

    /** The official client, with every right. */
    service(side: Side): BlobServiceClient {
        return new BlobServiceClient(`https://${this.host(side)}`, credentialOf(this.#owner(side)));
    }

    async open<Content>(element: string, side: Side, opening: Opening = {}): Promise<Store<Content>> {
        const type = plugin.elements[element];
        if (type === undefined) throw new Error(`the plugin has no ${element}`);
        const { signal } = this.accounts.controller;
        const { options = {} } = opening;
        const { client } = createHttpClient({ side, element: type, signal, options });
        const url = `https://${this.host(side)}/`;
        const store = await type.open(
            {
                ...(opening.arm === true ? { id: this.ids[side], ...this.#location(side) } : {}),
                type: ACCOUNT,
                name: this.#names[side],
                endpoints: {
                    blob: url,
                    file: `https://${this.fileHost(side)}/`,
                    queue: `https://${this.queueHost(side)}/`,
                },
                reference: url,
            },
            {
                side,
                mode: opening.mode ?? "replication",
                credential: fallBackToOwnTenant(credentialOf(opening.as ?? this.#owner(side))),
                cloud: clouds.public,
                httpClient: opening.wrap?.(client) ?? client,
                signal,
                options,
            },
        );
        return store as Store<Content>;
    }

    /** A principal of the target's tenant that has nothing but that role there. */
    writer(role: string): Cast["deployer"] {
        const { cast } = this.accounts;
        const number = this.ids.target.slice(-12).replace(/\D/g, "").padStart(12, "0");
        const principal = {
            tenantId: cast.deployer.tenantId,
            clientId: `30000000-0000-4000-8000-${number}`,
            objectId: `30000000-0000-4000-9000-${number}`,
            displayName: "writer",
            secrets: [{ value: "local~writer-secret" }],
        };
        cast.azure.entra.addPrincipal(principal);
        give(cast, principal, role, this.ids.target);
        return principal;
    }

    #location(side: Side): { location?: string } {
        const { location } = this.accounts.cast.azure.arm.get(this.ids[side]) ?? {};
        return location === undefined ? {} : { location };
    }

    #owner(side: Side): Cast["deployer"] {
        const { producer, deployer } = this.accounts.cast;
        return side === "source" ? producer : deployer;
    }
}
