import type { Policy } from "../policies.js";
import { unlessAbsent } from "../errors.js";
import { XmlScanner } from "../xml-scanner.js";
import type { FileRequests } from "./requests.js";

/**
 * Reads the stored access policies of a share; none where it is not there. The SDK can't read an answer without any: it
 * takes the empty list for absent and throws a TypeError (`@azure/storage-file-share` 12.33.0,
 * `ShareClient.getAccessPolicy`).
 */
export async function readSharePolicies(requests: FileRequests, share: string): Promise<Policy[]> {
    const xml = await unlessAbsent(requests.getShareAcl(share), "ShareNotFound");
    return xml === undefined ? [] : parseSharePolicies(xml);
}

/** https://learn.microsoft.com/rest/api/storageservices/get-share-acl#response-body */
export function parseSharePolicies(xml: string): Policy[] {
    const scanner = new XmlScanner(xml);
    const policies: Policy[] = [];
    const root = scanner.open("") ?? "";
    scanner.children(root, (identifier) => {
        const policy: Policy = { id: "" };
        scanner.children(identifier, (member) => {
            if (member === "Id") policy.id = scanner.text(member);
            else scanner.children(member, (name) => set(policy, name, scanner.text(name)));
        });
        policies.push(policy);
    });
    scanner.end();
    return policies;
}

function set(policy: Policy, name: string, text: string): void {
    if (text === "") return;
    if (name === "Start") policy.start = new Date(text).toISOString();
    if (name === "Expiry") policy.expiry = new Date(text).toISOString();
    if (name === "Permission") policy.permissions = text;
}
