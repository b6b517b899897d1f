import type { RequiredAction } from "../operations.js";

/** What a request asks of a queue service. */
export interface QueueOperation {
    readonly name: string;
    /** Empty where the operation is on the service. */
    readonly queue: string;
    /** All of them are needed, and of each any one is enough. */
    readonly needs: readonly (readonly RequiredAction[])[];
}

const SERVICE = "Microsoft.Storage/storageAccounts/queueServices";
const QUEUE = `${SERVICE}/queues`;
const MESSAGE = `${QUEUE}/messages`;

const action = (name: string): RequiredAction => ({ action: name, kind: "action" });
const dataAction = (name: string): RequiredAction => ({ action: `${MESSAGE}/${name}`, kind: "dataAction" });

const process = dataAction("process/action");
const remove = dataAction("delete");
const read = dataAction("read");
const write = dataAction("write");

/**
 * The operation of a request, with the actions it needs.
 * Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-queue-service-operations
 * It says `queueServices/read` for Set Queue Service Properties, which is taken for a slip: the other services say write.
 */
export function operationOf(method: string, url: URL): QueueOperation {
    const [queue = "", part = "", message = ""] = url.pathname.slice(1).split("/").map(decodeURIComponent);
    const parameters = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
    const comp = (parameters.get("comp") ?? "").toLowerCase();
    if (queue === "") return { queue, ...onService(method, comp) };
    if (part === "") return { queue, ...onQueue(method, comp) };
    return {
        queue,
        ...(message === "" ? onMessages(method, parameters.get("peekonly") ?? "") : onMessage(method)),
    };
}

type Described = Pick<QueueOperation, "name" | "needs">;

function onService(method: string, comp: string): Described {
    if (comp === "list") return { name: "ListQueues", needs: [[action(`${QUEUE}/read`)]] };
    if (method === "PUT") return { name: "SetServiceProperties", needs: [[action(`${SERVICE}/write`)]] };
    return { name: "GetServiceProperties", needs: [[action(`${SERVICE}/read`)]] };
}

function onQueue(method: string, comp: string): Described {
    if (comp === "acl") {
        return method === "PUT"
            ? { name: "SetAcl", needs: [[action(`${QUEUE}/setAcl/action`)]] }
            : { name: "GetAcl", needs: [[action(`${QUEUE}/getAcl/action`)]] };
    }
    if (method === "DELETE") return { name: "DeleteQueue", needs: [[action(`${QUEUE}/delete`)]] };
    if (method === "PUT") return { name: "SetQueue", needs: [[action(`${QUEUE}/write`)]] };
    return { name: "GetMetadata", needs: [[action(`${QUEUE}/read`)]] };
}

function onMessages(method: string, peekOnly: string): Described {
    if (method === "POST") return { name: "PutMessage", needs: [[dataAction("add/action"), write]] };
    if (method === "DELETE") return { name: "ClearMessages", needs: [[remove]] };
    if (peekOnly.toLowerCase() === "true") return { name: "PeekMessages", needs: [[read]] };
    // Either `process`, or both `delete` and `read`.
    const needs = [
        [process, remove],
        [process, read],
    ];
    return { name: "GetMessages", needs };
}

function onMessage(method: string): Described {
    return method === "DELETE"
        ? { name: "DeleteMessage", needs: [[process, remove]] }
        : { name: "UpdateMessage", needs: [[write]] };
}

/** Whether a request would change something: getting messages hides them from others, and counts that they were got. */
export function isQueueWrite(method: string, url: URL): boolean {
    if (["PUT", "POST", "DELETE"].includes(method)) return true;
    return method === "GET" && operationOf(method, url).name === "GetMessages";
}
