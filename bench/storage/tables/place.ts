import { AzureNamedKeyCredential, TableClient, type TransactionAction } from "@azure/data-tables";
import { accountKey, type Side } from "../place.js";
import { signed } from "./shared-key.cjs";

/** The table that is copied. */
export const tableName = "data";

/** How many entities a case copies, and in how many partitions. */
export interface Content {
    readonly entities: number;
    readonly partitions: number;
}

/** The official client of one side's table. */
export function official({ origin, account }: Side): TableClient {
    const credential = new AzureNamedKeyCredential(account, accountKey);
    return new TableClient(`${origin}/${account}`, tableName, credential, { allowInsecureConnection: true });
}

/** Makes the table and fills it with entities of several types, some of which a script easily loses. */
export async function seed(side: Side, { entities, partitions }: Content): Promise<void> {
    const table = official(side);
    await table.createTable();
    const each = entities / partitions;
    for (let partition = 0; partition < partitions; partition += 1) {
        for (let start = 0; start < each; start += 100) {
            const numbers = Array.from({ length: Math.min(100, each - start) }, (_, index) => start + index);
            await table.submitTransaction(
                numbers.map((number): TransactionAction => [
                    "create",
                    entity(partition, partition * each + number),
                ]),
            );
        }
    }
}

/** Each has a row key that no other partition has: among equal ones, Azurite searches. */
function entity(partition: number, number: number) {
    return {
        partitionKey: `customer-${String(partition).padStart(4, "0")}`,
        rowKey: `order-${String(number).padStart(6, "0")}`,
        Amount: { type: "Double", value: String(number) } as const,
        Count: number,
        Total: { type: "Int64", value: String(9_007_199_254_740_993n + BigInt(number)) } as const,
        When: { type: "DateTime", value: "2026-01-02T03:04:05.1234567Z" } as const,
        Paid: number % 2 === 0,
        Note: `an order of customer ${String(partition)}, number ${String(number)}, as people have them`,
    };
}

/** Every entity as the service shows it, without what is the service's own, by its keys. */
export async function shown({ origin, account }: Side): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const path = `/${account}/${tableName}()`;
    let next = "";
    do {
        const answer = await fetch(`${origin}${path}${next}`, {
            headers: {
                accept: "application/json;odata=fullmetadata",
                "x-ms-version": "2019-02-02",
                ...signed(account, accountKey, path),
            },
        });
        const text = await answer.text();
        for (const [fields] of text.slice(text.indexOf("[")).matchAll(/\{[^{}]*\}/g)) {
            const kept = fields.match(/"[^"]*":(?:"(?:[^"\\]|\\.)*"|[^,}]+)/g) ?? [];
            const own = kept.filter((field) => !/^"(odata\.|Timestamp)/.test(field)).sort();
            found.set(own.filter((field) => /^"(PartitionKey|RowKey)"/.test(field)).join(), own.join());
        }
        const [partition, row] = ["partition", "row"].map((part) =>
            answer.headers.get(`x-ms-continuation-next${part}key`),
        );
        next =
            typeof partition === "string"
                ? `?NextPartitionKey=${encodeURIComponent(partition)}&NextRowKey=${encodeURIComponent(row ?? "")}`
                : "";
    } while (next !== "");
    return found;
}
