import type { ArmRecord, ServiceResponse } from "../../contract.js";
import { escapeXml, StorageError } from "../errors.js";
import type { BlobRequest } from "../blob-request.js";
import { formatAcl, formatPermissions } from "./acl.js";
import type { ListedBlob } from "./backend.js";
import { notSupported } from "./errors.js";
import { compareTree, type FileSystem } from "./namespace.js";

/** Source: https://learn.microsoft.com/rest/api/storageservices/list-blobs#uri-parameters */
const PAGE_AT_MOST = 5_000;

/**
 * List Blobs of a tree: directories are among the blobs, folder by folder; with a delimiter they are prefixes that show
 * the directory's properties.
 * Source: https://learn.microsoft.com/rest/api/storageservices/list-blobs#request-body
 */
export function listTree(
    account: ArmRecord,
    request: BlobRequest,
    container: string,
    tree: FileSystem,
    blobs: readonly ListedBlob[],
): ServiceResponse {
    const query = new Map([...request.url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
    const include = (query.get("include") ?? "").toLowerCase().split(",");
    const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter")];
    if (include.some((one) => ["tags", "snapshots", "versions"].includes(one))) throw notSupported();
    if (delimiter !== undefined && delimiter !== "/") throw invalid("delimiter");
    const entries = blobs
        .filter(({ name }) => name.startsWith(prefix))
        .filter(({ name }) => delimiter === undefined || !name.slice(prefix.length).includes("/"))
        .sort((a, b) => compareTree(a.name, b.name));
    const start = Number(Buffer.from(query.get("marker") ?? "", "base64").toString() || "0");
    if (!Number.isInteger(start)) throw invalid("marker");
    const size = Math.min(Number(query.get("maxresults") ?? PAGE_AT_MOST), PAGE_AT_MOST);
    const shown = entries.slice(start, start + size).map((blob) => {
        const isDirectory = tree.find(blob.name)?.isDirectory === true;
        const xml = withFacts(blob, tree, include);
        return isDirectory && delimiter !== undefined ? asPrefix(xml, blob.name) : xml;
    });
    const isLast = start + size >= entries.length;
    const next = isLast ? "" : Buffer.from(String(start + size)).toString("base64");
    const host = `https://${account.name}.blob.core.windows.net/`;
    return {
        status: 200,
        headers: {
            "content-type": "application/xml",
            "x-ms-version": request.headers.get("x-ms-version") ?? "",
        },
        body:
            `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="${host}" ` +
            `ContainerName="${escapeXml(container)}"><Prefix>${escapeXml(prefix)}</Prefix>` +
            `<Blobs>${shown.join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`,
    };
}

function withFacts({ name, xml }: ListedBlob, tree: FileSystem, include: readonly string[]): string {
    const node = tree.find(name);
    const more = [`<ResourceType>${node?.isDirectory === true ? "directory" : "file"}</ResourceType>`];
    if (node !== undefined && include.includes("permissions")) {
        more.push(
            `<Owner>${escapeXml(node.owner)}</Owner><Group>${escapeXml(node.group)}</Group>`,
            `<Permissions>${formatPermissions(node.acl)}</Permissions><Acl>${escapeXml(formatAcl(node.acl))}</Acl>`,
        );
    }
    const whole = xml.replace("</Properties>", () => `${more.join("")}</Properties>`);
    return include.includes("metadata") ? whole : whole.replace(/<Metadata>.*?<\/Metadata>/s, "");
}

/** Whether prefixes show metadata is not documented: here they don't. */
function asPrefix(xml: string, name: string): string {
    return xml
        .replace(/<Metadata>.*?<\/Metadata>|<Metadata\s*\/>/s, "")
        .replace(/^<Blob><Name>[^<]*</, () => `<BlobPrefix><Name>${escapeXml(name)}/<`)
        .replace(/<\/Blob>$/, "</BlobPrefix>");
}

function invalid(parameter: string): StorageError {
    return new StorageError(
        400,
        "InvalidQueryParameterValue",
        `Value for one of the query parameters specified in the request URI is invalid. (${parameter})`,
    );
}
