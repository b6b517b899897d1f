import { TableClient, TableServiceClient, type TransactionAction } from "@azure/data-tables";
import { clouds } from "../../../providers/core/clouds.js";
import type { Side, Store } from "../../../providers/core/contract.js";
import { fallBackToOwnTenant } from "../../../providers/core/credentials/challenge-tenant.js";
import { guardStore } from "../../../providers/core/guarded-store.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { summariseGroups } from "../../../providers/core/replication/groups.js";
import { replicate } from "../../../providers/core/replication/replicate.js";
import type { Copied, ReplicationResult } from "../../../providers/core/replication/types.js";
import { entities } from "../../../providers/storage/tables/entities.js";
import { credentialOf, give, place, startLocalAzure, type Cast } from "../../emulator-services/local.js";

const ACCOUNT = "Microsoft.Storage/storageAccounts";
const CONTRIBUTOR = "Storage Table Data Contributor";
let made = 0;

export const startWorld = startLocalAzure;

/** Two accounts of two tenants, each with the same tables, and the records that one run leaves for the next. */
export class TablesWorld {
    copied: Copied = {};
    readonly #number = (made += 1);

    private constructor(readonly cast: Cast) {}

    static async create(cast: Cast, tables: readonly string[]): Promise<TablesWorld> {
        const world = new TablesWorld(cast);
        for (const side of ["source", "target"] as const) {
            const tenant = side === "source" ? "production" : "staging";
            const body = { kind: "StorageV2", sku: { name: "Standard_LRS" } };
            const id = place(cast, tenant, ACCOUNT, world.#name(side), body);
            give(cast, world.#principal(side), CONTRIBUTOR, id);
            for (const name of tables) await world.service(side).createTable(name);
        }
        return world;
    }

    host(side: Side): string {
        return `${this.#name(side)}.table.core.windows.net`;
    }

    service(side: Side): TableServiceClient {
        return new TableServiceClient(`https://${this.host(side)}`, credentialOf(this.#principal(side)));
    }

    table(side: Side, name: string): TableClient {
        return new TableClient(`https://${this.host(side)}`, name, credentialOf(this.#principal(side)));
    }

    /** Entities of one table, in transactions of up to a hundred of one partition each. */
    async seed(
        side: Side,
        table: string,
        all: readonly { partitionKey: string; rowKey: string }[],
    ): Promise<void> {
        const client = this.table(side, table);
        const partitions = Map.groupBy(all, ({ partitionKey }) => partitionKey);
        for (const some of partitions.values()) {
            for (let start = 0; start < some.length; start += 100) {
                const actions = some
                    .slice(start, start + 100)
                    .map((entity): TransactionAction => ["upsert", entity, "Replace"]);
                await client.submitTransaction(actions);
            }
        }
    }

    /** A request as it is, past every SDK. */
    async #raw(side: Side, path: string): Promise<Response> {
        const token = await credentialOf(this.#principal(side)).getToken(
            "https://storage.azure.com/.default",
        );
        return fetch(`https://${this.host(side)}${path}`, {
            headers: {
                authorization: `Bearer ${token.token}`,
                accept: "application/json;odata=fullmetadata",
                "content-type": "application/json",
                "x-ms-version": "2019-02-02",
            },
        });
    }

    /** What the service shows of every entity, character by character, but what is its own: by keys. */
    async rawEntities(side: Side, table: string): Promise<Record<string, string[]>> {
        const found: Record<string, string[]> = {};
        let next = "";
        do {
            const answer = await this.#raw(side, `/${table}()${next}`);
            const text = await answer.text();
            for (const [entity] of text
                .slice(text.indexOf("["))
                .matchAll(/\{(?:"(?:[^"\\]|\\.)*"|[^{}"])*\}/g)) {
                const fields = [...entity.matchAll(/"((?:[^"\\]|\\.)*)":("(?:[^"\\]|\\.)*"|[^,}]+)/g)];
                const kept = fields.filter(([, name = ""]) => !/^(odata\.|Timestamp)/.test(name));
                const key = kept.filter(([, name = ""]) => name.endsWith("Key")).map(([text]) => text);
                found[key.join()] = kept.map(([text]) => text).sort();
            }
            const partition = answer.headers.get("x-ms-continuation-nextpartitionkey");
            const row = answer.headers.get("x-ms-continuation-nextrowkey");
            next =
                partition === null
                    ? ""
                    : `?NextPartitionKey=${encodeURIComponent(partition)}&NextRowKey=${encodeURIComponent(row ?? "")}`;
        } while (next !== "");
        return found;
    }

    async open(side: Side, signal = new AbortController().signal): Promise<Store> {
        const { client } = createHttpClient({ side, element: entities, signal });
        const url = `https://${this.host(side)}/`;
        const store = await entities.open(
            { type: ACCOUNT, name: this.#name(side), endpoints: { table: url }, reference: url },
            {
                side,
                mode: "replication",
                credential: fallBackToOwnTenant(credentialOf(this.#principal(side))),
                cloud: clouds.public,
                httpClient: client,
                signal,
                options: {},
            },
        );
        return guardStore(store, { side, resource: url });
    }

    /** One run by group, as `pulumi up` makes it. */
    async up(signal = new AbortController().signal): Promise<ReplicationResult> {
        const [source, target] = [await this.open("source", signal), await this.open("target", signal)];
        const groups = summariseGroups();
        const preview = await this.open("source");
        for await (const item of preview.list()) groups.add(item);
        const result = await replicate({
            element: entities,
            source,
            target,
            mode: "replication",
            detail: "groups",
            selection: {},
            items: groups.summaries(),
            copied: this.copied,
            onConflict: "fail",
            prune: false,
            accessTimeoutMilliseconds: 0,
            signal,
        });
        this.copied = result.copied;
        return result;
    }

    #name(side: Side): string {
        return `tables${String(this.#number)}${side}`;
    }

    #principal(side: Side) {
        return side === "source" ? this.cast.producer : this.cast.deployer;
    }
}
