import type { TableClient } from "@azure/data-tables";
import { createHash } from "node:crypto";
import type { Context, Item, Loss, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { clientOptions } from "../../core/http/client.js";
import { canonicalJson } from "../../core/json.js";
import { load } from "../../core/load.js";
import { statusOf } from "../../core/rest-error.js";
import { changedDuringRun, serviceCodeOf, unlessAbsent } from "../errors.js";
import {
    toIdentifiers,
    toPolicies,
    unreadablePolicies,
    unwritablePolicies,
    type TablePolicy,
} from "./policies.js";
import { tableNamePages } from "./table-names.js";
import { openTableWire, tableEndpoint, type TableWire } from "./table-wire.js";

/** How many tables' policies are read at once. */
const policyReads = 8;

/** Policies that were read; `denied` where they may not be, undefined where they are left out. */
type Found = readonly TablePolicy[] | "denied" | undefined;

export async function openTableStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<readonly TablePolicy[]>> {
    const { TableClient: Client } = await load<typeof import("@azure/data-tables")>("@azure/data-tables");
    const endpoint = tableEndpoint(resource, context);
    const options = clientOptions(context);
    return new TableStore(
        (name) => new Client(endpoint, name, context.credential, options),
        await openTableWire(resource, context),
        context,
    );
}

type OpenClient = (name: string) => Pick<TableClient, "getAccessPolicy" | "setAccessPolicy">;

class TableStore implements Store<readonly TablePolicy[]> {
    readonly #policies: boolean | undefined;

    constructor(
        private readonly client: OpenClient,
        private readonly wire: TableWire,
        private readonly context: Context,
    ) {
        const { policies } = context.options as { policies?: boolean };
        this.#policies = context.mode === "template" ? false : policies;
    }

    async *list(): AsyncIterable<Item> {
        for await (const names of tableNamePages(this.wire)) {
            for (let start = 0; start < names.length; start += policyReads) {
                const some = names.slice(start, start + policyReads);
                yield* await Promise.all(some.map(async (name) => toItem(name, await this.#read(name))));
            }
        }
    }

    async find(name: string): Promise<Item | undefined> {
        const url = this.#url(name);
        const found = await unlessAbsent(this.wire.send({ method: "GET", url }), ...absentCodes);
        if (found === undefined) return undefined;
        const { TableName = name } = JSON.parse(found.bodyAsText ?? "{}") as { TableName?: string };
        return toItem(TableName, await this.#read(name));
    }

    /** Its stored access policies; none where they are left out or may not be read. */
    async get(item: Item): Promise<readonly TablePolicy[]> {
        const found = await this.#read(item.name);
        return found === undefined || found === "denied" ? [] : found;
    }

    equal(a: readonly TablePolicy[], b: readonly TablePolicy[]): boolean {
        return canonicalJson([...a]) === canonicalJson([...b]);
    }

    /** A table without policies is what a run leaves that was killed between the two requests of a table. */
    continues(_content: readonly TablePolicy[], existing: readonly TablePolicy[]): boolean {
        return existing.length === 0;
    }

    async put(item: Item, content: readonly TablePolicy[], options: PutOptions): Promise<Item> {
        if (options.existing === undefined) await this.#create(item.name);
        // Set Table ACL knows no condition: the look right before it is as near as one can get.
        else await this.#mustBe(item.name, options.existing);
        const unread = item.losses?.some(({ what }) => what === "policies") === true;
        const leaves =
            this.#policies === false || unread || (options.existing === undefined && content.length === 0);
        const losses = leaves ? [] : await this.#setPolicies(item.name, content);
        const written = await this.find(item.name);
        if (written === undefined) throw changedDuringRun("table", item.name);
        return { ...written, ...(losses.length === 0 ? {} : { losses }) };
    }

    async putEmpty(item: Item): Promise<Item> {
        await this.#create(item.name);
        return toItem(item.name, undefined);
    }

    /** Only an empty table is removed: whatever is in it was not put there by its replica. */
    async remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        const found = await this.find(name);
        if (found === undefined) return;
        if (expected !== undefined && found.version !== expected.version)
            throw changedDuringRun("table", name);
        const url = `${this.wire.url(name)}()?$top=1`;
        const page = await unlessAbsent(this.wire.send({ method: "GET", url }), ...absentCodes);
        const { value = [] } = JSON.parse(page?.bodyAsText ?? "{}") as { value?: unknown[] };
        if (value.length > 0) {
            throw new DataplaneError("Conflict", `the table "${name}" is not empty`, {
                item: name,
                side: "target",
                remedy: "Remove its entities first, or keep it.",
            });
        }
        await unlessAbsent(this.wire.send({ method: "DELETE", url: this.#url(name) }), ...absentCodes);
    }

    #url(name: string): string {
        return `${this.wire.url("Tables")}('${encodeURIComponent(name)}')`;
    }

    /** By a request of our own: the SDK's takes a table that is there for a success. */
    async #create(name: string): Promise<void> {
        try {
            await this.wire.send({
                method: "POST",
                url: this.wire.url("Tables"),
                body: JSON.stringify({ TableName: name }),
                headers: { "content-type": "application/json", prefer: "return-no-content" },
            });
        } catch (error) {
            if (serviceCodeOf(error) === "TableAlreadyExists") throw changedDuringRun("table", name);
            throw error;
        }
    }

    async #setPolicies(name: string, policies: readonly TablePolicy[]): Promise<Loss[]> {
        try {
            await this.client(name).setAccessPolicy(toIdentifiers(policies), {
                abortSignal: this.context.signal,
            });
            return [];
        } catch (error) {
            if (statusOf(error) === 403 && this.#policies !== true) return [unwritablePolicies(name)];
            throw error;
        }
    }

    async #mustBe(name: string, expected: Item): Promise<void> {
        const found = await this.find(name);
        if (found?.version !== expected.version) throw changedDuringRun("table", name);
    }

    async #read(name: string): Promise<Found> {
        if (this.#policies === false) return undefined;
        try {
            return toPolicies(await this.client(name).getAccessPolicy({ abortSignal: this.context.signal }));
        } catch (error) {
            if (statusOf(error) === 403 && this.#policies === undefined) return "denied";
            throw error;
        }
    }
}

const absentCodes = ["ResourceNotFound", "TableNotFound"];

/** A table has no ETag and no date: its version tells its policies apart, which hold no secret. */
function toItem(name: string, policies: Found): Item {
    const known = policies !== undefined && policies !== "denied" && policies.length > 0;
    const digest =
        known &&
        createHash("sha256")
            .update(canonicalJson([...policies]))
            .digest("hex")
            .slice(0, 12);
    return {
        name,
        version: digest === false ? "table" : `policies ${digest}`,
        properties: {},
        ...(policies === "denied" ? { losses: [unreadablePolicies(name)] } : {}),
    };
}
