import { continued, type NextQuery } from "./continued.js";
import type { TableWire } from "./table-wire.js";
import { isSystemTable } from "./names.js";

/** The tables of an account but the service's own, page by page, in the service's order. */
export async function* tableNamePages(wire: TableWire): AsyncGenerator<string[]> {
    const ask = (query: string) => wire.send({ method: "GET", url: `${wire.url("Tables")}${query}` });
    const nextQuery: NextQuery = (headers) => {
        const next = headers.get("x-ms-continuation-nexttablename") ?? "";
        return next === "" ? "" : `?NextTableName=${encodeURIComponent(next)}`;
    };
    for await (const { bodyAsText } of continued(ask, nextQuery)) {
        const { value = [] } = JSON.parse(bodyAsText ?? "") as { value?: { TableName: string }[] };
        yield value.map(({ TableName }) => TableName).filter((name) => !isSystemTable(name));
    }
}
