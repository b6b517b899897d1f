import type { DisturbingReads } from "../../core/disturbing-reads.js";
import { copiesMessages } from "../options.js";
import { invalidQueueName } from "./queue-item.js";

/** The most that the service gives at once: https://learn.microsoft.com/rest/api/storageservices/get-messages#uri-parameters */
export const messagesAtOnce = 32;

/**
 * What copying messages takes at the source: Get Messages, which hides them for a while and counts that they were
 * received, and Update Message with no time and no text, which lets them be seen again as they were.
 */
export const messageReads: DisturbingReads = {
    includes(method, url) {
        const parts = partsOf(url);
        const at = parts.slice(1).findIndex((part) => part.toLowerCase() === "messages") + 1;
        if (at === 0) return false;
        // To peek changes nothing.
        const peeks = url.searchParams.getAll("peekonly");
        const isPeek = parts.length === at + 1 && peeks.length === 1 && peeks[0] === "true";
        return !(isPeek && (method === "GET" || method === "HEAD"));
    },
    allows({ method, url, hasBody }, options) {
        if (!copiesMessages(options) || hasBody || !isQueueHost(url)) return false;
        const [root, queue = "", messages, id, ...rest] = url.pathname.split("/");
        if (root !== "" || messages !== "messages" || invalidQueueName(queue) !== undefined) return false;
        if (method === "GET" && id === undefined) {
            return (
                hasExactly(url, ["numofmessages", "visibilitytimeout"]) &&
                isNumber(url.searchParams.get("numofmessages"), messagesAtOnce) &&
                isNumber(url.searchParams.get("visibilitytimeout"), longestTimeout)
            );
        }
        return (
            method === "PUT" &&
            id !== undefined &&
            id !== "" &&
            rest.length === 0 &&
            hasExactly(url, ["popreceipt", "visibilitytimeout"]) &&
            url.searchParams.get("visibilitytimeout") === "0"
        );
    },
    notice: (options) =>
        copiesMessages(options)
            ? "messages are copied: at the source each is hidden from its consumers while its queue is read, counts one " +
              "more dequeue, and may come later in the order; copies have ids, times and dequeue counts of their own, and " +
              "messages that are hidden or delayed meanwhile stay behind. Stop the consumers of both sides first."
            : undefined,
};

/** Seven days: https://learn.microsoft.com/rest/api/storageservices/get-messages#uri-parameters */
const longestTimeout = 604_800;

/** As whoever answers may read them: what can't be told must not count as harmless. */
function partsOf({ pathname }: URL): string[] {
    const parts = pathname.split("/").filter((part) => part !== "");
    return parts.map((part) => {
        try {
            return decodeURIComponent(part);
        } catch {
            return "messages";
        }
    });
}

/** The account's name is the first label, the service the next one or, with DNS zone endpoints, the one after it. */
function isQueueHost({ protocol, hostname }: URL): boolean {
    const [, second, third] = hostname.split(".");
    return protocol === "https:" && (/^z\d+$/.test(second ?? "") ? third : second) === "queue";
}

function hasExactly(url: URL, names: readonly string[]): boolean {
    return [...url.searchParams.keys()].sort().join() === names.join();
}

function isNumber(text: string | null, most: number): boolean {
    return text !== null && /^[1-9]\d*$/.test(text) && Number(text) <= most;
}
