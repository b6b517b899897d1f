import type { ServiceResponse } from "../../contract.js";
import { answer, flag, header, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { pageOf, pageRequest, byOrder } from "./paging.js";
import type { Handle, TreeNode } from "./state.js";
import { lookUp } from "./tree.js";
import { element, encodedName, xml } from "./xml.js";

interface OpenNode {
    node: TreeNode;
    path: string;
    handle: Handle;
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/list-handles */
export function listHandles(call: ShareCall): ServiceResponse {
    const request = pageRequest(call.request.url, []);
    const order = ({ handle }: OpenNode): string => handle.id.padStart(20, "0");
    const page = pageOf(openHandles(call).sort(byOrder(order)), request, order);
    const entries = page.entries.map(({ node, path, handle }) =>
        element("Handle", [
            element("HandleId", handle.id),
            encodedName(path, "Path"),
            element("FileId", node.id),
            element("ParentId", node.parentId),
            element("SessionId", handle.sessionId),
            element("ClientIp", handle.clientIp),
            element("ClientName", handle.clientName),
            element("OpenTime", new Date(handle.openedAt).toUTCString()),
            element(
                "AccessRightList",
                handle.accessRights.map((right) => element("AccessRight", right)),
            ),
        ]),
    );
    return xml(
        element("EnumerationResults", [element("Entries", entries), element("NextMarker", page.next)]),
    );
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/force-close-handles */
export function closeHandles(call: ShareCall): ServiceResponse {
    const id = header(call, "handle-id");
    if (id === undefined) throw filesError("MissingRequiredHeader", "x-ms-handle-id");
    const closed = openHandles(call).filter(({ handle }) => id === "*" || handle.id === id);
    for (const { node, handle } of closed) node.handles = node.handles.filter((open) => open !== handle);
    return answer(200, {
        "x-ms-number-of-handles-closed": String(closed.length),
        "x-ms-number-of-handles-failed": "0",
    });
}

function openHandles(call: ShareCall): OpenNode[] {
    const node = lookUp(call);
    if (node === undefined) throw filesError("ResourceNotFound");
    return [...handlesOf(node, call.place.path.join("/"), flag(call, "recursive"))];
}

function* handlesOf(node: TreeNode, path: string, recursive: boolean): Generator<OpenNode> {
    for (const handle of node.handles) yield { node, path, handle };
    if (node.kind === "file" || !recursive) return;
    for (const child of node.children.values())
        yield* handlesOf(child, path === "" ? child.name : `${path}/${child.name}`, true);
}
