import { ShareServiceClient, type ShareDirectoryClient } from "@azure/storage-file-share";
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { clouds } from "../../../../providers/core/clouds.js";
import { fallBackToOwnTenant } from "../../../../providers/core/credentials/challenge-tenant.js";
import type { Side, Store } from "../../../../providers/core/contract.js";
import { guardStore } from "../../../../providers/core/guarded-store.js";
import { createHttpClient, storageClientOptions } from "../../../../providers/core/http/client.js";
import { Pacer } from "../../../../providers/core/http/pace.js";
import { summariseGroups } from "../../../../providers/core/replication/groups.js";
import { replicate } from "../../../../providers/core/replication/replicate.js";
import type {
    Copied,
    ReplicationRequest,
    ReplicationResult,
} from "../../../../providers/core/replication/types.js";
import type { FileContent } from "../../../../providers/storage/files/file-content.js";
import { openFileStore } from "../../../../providers/storage/files/file-store.js";
import { files } from "../../../../providers/storage/files/files.js";
import type { TransferSizes } from "../../../../providers/storage/transfer-sizes.js";
import { quickTiming } from "../../../conformance/quick-timing.js";
import { credentialOf, give } from "../../../emulator-services/local.js";
import { CONTRIBUTOR, READER } from "../../../emulator-services/shares.js";
import type { Accounts, Pair } from "../accounts.js";

export interface RunOptions extends Partial<ReplicationRequest> {
    readonly wrap?: (client: HttpClient) => HttpClient;
    readonly sizes?: Partial<TransferSizes>;
    /** Without the records of the last run. */
    readonly forget?: boolean;
}

/** Replications of files between two accounts of two tenants, with just the roles that the docs name. */
export class FileWorld {
    copied: Copied = {};

    private constructor(
        readonly accounts: Accounts,
        readonly pair: Pair,
    ) {}

    /** A pair of accounts, each with an empty share `box`. */
    static async begin(accounts: Accounts): Promise<FileWorld> {
        const { cast } = accounts;
        const pair = accounts.pair();
        const world = new FileWorld(accounts, pair);
        for (const side of ["source", "target"] as const) {
            give(cast, world.#owner(side), "Storage Account Contributor", pair.ids[side]);
            give(cast, world.#owner(side), CONTRIBUTOR, pair.ids[side]);
        }
        give(cast, cast.reader, READER, pair.ids.source);
        give(cast, cast.reader, "Reader", pair.ids.source);
        for (const side of ["source", "target"] as const) {
            await world.service(side).getShareClient("box").create();
        }
        cast.azure.requests.clear();
        return world;
    }

    host(side: Side): string {
        return this.pair.host(side).replace(".blob.", ".file.");
    }

    /** The official client, with every right. Times that it sets get four digits more than its own. */
    service(side: Side): ShareServiceClient {
        const { httpClient: network } = storageClientOptions({ httpClient: createDefaultHttpClient() });
        const httpClient: typeof network = {
            sendRequest: (request) => {
                for (const { name, value } of request.headers.headersArray()) {
                    if (!/^x-ms-file-.*-time$/.test(name) || !value.endsWith("0000Z")) continue;
                    request.headers.set(name, value.replace(/0000Z$/, `${String(1000 + name.length)}Z`));
                }
                return network.sendRequest(request);
            },
        };
        return new ShareServiceClient(`https://${this.host(side)}`, credentialOf(this.#owner(side)), {
            fileRequestIntent: "backup",
            httpClient,
            retryOptions: { maxTries: 1 },
        });
    }

    root(side: Side): ShareDirectoryClient {
        return this.service(side).getShareClient("box").rootDirectoryClient;
    }

    async open(side: Side, options: RunOptions = {}): Promise<Store<FileContent>> {
        const { cast, controller } = this.accounts;
        const { signal = controller.signal, wrap, sizes } = options;
        const timing = quickTiming().http;
        const { client } = createHttpClient({ side, element: files, signal, timing, pacer: new Pacer() });
        const url = `https://${this.host(side)}/`;
        const resource = {
            type: "Microsoft.Storage/storageAccounts",
            name: side,
            endpoints: { file: url },
            reference: url,
        };
        const context = {
            side,
            mode: "replication",
            credential: fallBackToOwnTenant(
                credentialOf(side === "source" ? cast.reader : this.#owner(side)),
            ),
            cloud: clouds.public,
            httpClient: side === "target" ? (wrap?.(client) ?? client) : client,
            signal,
            options: {},
        } as const;
        return guardStore(await openFileStore(resource, context, sizes), { side, resource: url });
    }

    /** One run; the next goes on from its records. */
    async run(options: RunOptions = {}): Promise<ReplicationResult> {
        const { sizes, wrap, forget, ...request } = options;
        const { signal = new AbortController().signal } = request;
        const opening = { signal, ...(sizes && { sizes }), ...(wrap && { wrap }) };
        const source = await this.open("source", opening);
        const target = await this.open("target", opening);
        const groups = summariseGroups();
        const names: Record<string, string> = {};
        for await (const item of source.list()) {
            names[item.name] = item.version;
            groups.add(item);
        }
        const result = await replicate(
            {
                element: files,
                source,
                target,
                mode: "replication",
                detail: "items",
                selection: {},
                items: request.detail === "groups" ? groups.summaries() : names,
                copied: forget === true ? {} : this.copied,
                onConflict: "fail",
                prune: false,
                accessTimeoutMilliseconds: 0,
                options: {},
                ...request,
                signal,
            },
            quickTiming().replication,
        );
        this.copied = result.copied;
        return result;
    }

    #owner(side: Side) {
        const { producer, deployer } = this.accounts.cast;
        return side === "source" ? producer : deployer;
    }
}
