import type { LeanResponse } from "../../core/http/lean-exchange.js";

/** The query of the next page, from the headers of the last one's answer; empty where that was the last. */
export type NextQuery = (headers: LeanResponse["headers"]) => string;

/** The answers of a listing, page by page: each is asked for when it is wanted. */
export async function* continued(
    ask: (query: string) => Promise<LeanResponse>,
    nextQuery: NextQuery,
): AsyncGenerator<LeanResponse, void> {
    let query = "";
    do {
        const answer = await ask(query);
        yield answer;
        query = nextQuery(answer.headers);
    } while (query !== "");
}
