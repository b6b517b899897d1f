import type { ServiceResponse } from "../../contract.js";
import { flag, stamps, type ShareCall } from "./call.js";
import { byOrder, pageOf, pageRequest } from "./paging.js";
import { keyOf, type TreeNode } from "./state.js";
import { directoryAt } from "./tree.js";
import { element, encodedName, optional, xml, type Element } from "./xml.js";

/**
 * One level of a directory: files and directories mixed, in the order of their names.
 * Source: https://learn.microsoft.com/rest/api/storageservices/list-directories-and-files
 */
export function listDirectory(call: ShareCall): ServiceResponse {
    const directory = directoryAt(call);
    const request = pageRequest(call.request.url, ["timestamps", "etag", "attributes", "permissionkey"]);
    const extended = request.include.size > 0 || flag(call, "file-extended-info");
    const prefix = keyOf(request.prefix ?? "");
    const order = (node: TreeNode): string => keyOf(node.name);
    const matching = [...directory.children.values()].filter((node) => order(node).startsWith(prefix));
    const page = pageOf(matching.sort(byOrder(order)), request, order);
    const entries = page.entries.map((node) => entry(node, request.include, extended));
    const attributes = {
        ServiceEndpoint: `https://${call.request.url.hostname}/`,
        ShareName: call.share.name,
        ShareSnapshot: call.snapshot?.time,
        DirectoryPath: call.place.path.join("/"),
    };
    return xml(
        element(
            "EnumerationResults",
            [
                optional("Prefix", request.prefix),
                optional("Marker", request.marker),
                optional("MaxResults", request.maxResults),
                extended ? element("DirectoryId", directory.id) : undefined,
                element("Entries", entries),
                element("NextMarker", page.next),
            ],
            attributes,
        ),
    );
}

function entry(node: TreeNode, include: ReadonlySet<string>, extended: boolean): Element {
    const { smb } = node;
    const times = include.has("timestamps")
        ? [
              element("CreationTime", smb.creationTime),
              // The service keeps no time of the last access.
              element("LastAccessTime", smb.lastWriteTime),
              element("LastWriteTime", smb.lastWriteTime),
              element("ChangeTime", smb.changeTime),
              element("Last-Modified", stamps(node)["last-modified"] ?? ""),
          ]
        : [];
    const properties = [
        node.kind === "file" ? element("Content-Length", String(node.size)) : undefined,
        ...times,
        include.has("etag") ? element("Etag", node.etag) : undefined,
    ];
    return element(node.kind === "file" ? "File" : "Directory", [
        extended ? element("FileId", node.id) : undefined,
        encodedName(node.name),
        element("Properties", properties),
        include.has("attributes") ? element("Attributes", smb.attributes) : undefined,
        include.has("permissionkey") ? optional("PermissionKey", smb.permissionKey) : undefined,
    ]);
}
