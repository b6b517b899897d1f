import type { TableWire } from "./table-wire.js";
import { isSystemTable } from "./names.js";

/** The tables of an account but the service's own, page by page, in the service's order. */
export async function* tableNamePages(wire: TableWire): AsyncGenerator<string[]> {
    let query = "";
    do {
        const { bodyAsText, headers } = await wire.send({
            method: "GET",
            url: `${wire.url("Tables")}${query}`,
        });
        const { value = [] } = JSON.parse(bodyAsText ?? "") as { value?: { TableName: string }[] };
        yield value.map(({ TableName }) => TableName).filter((name) => !isSystemTable(name));
        const next = headers.get("x-ms-continuation-nexttablename") ?? "";
        query = next === "" ? "" : `?NextTableName=${encodeURIComponent(next)}`;
    } while (query !== "");
}
