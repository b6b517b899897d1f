import { SaxesParser } from "saxes";
import { text } from "node:stream/consumers";
import type { ServiceResponse } from "../../contract.js";
import { stamps, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { checkLease } from "./leases.js";
import { changed } from "./shares.js";
import type { AccessPolicy } from "./state.js";
import { element, optional, xml } from "./xml.js";

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-share-acl */
const MAXIMUM_POLICIES = 5;
const MAXIMUM_ID = 64;

/** Source: https://learn.microsoft.com/rest/api/storageservices/get-share-acl */
export function getAcl(call: ShareCall): ServiceResponse {
    checkLease(call, "share", call.share.lease, "read");
    const policies = call.share.policies.map(({ id, start, expiry, permission }) =>
        element("SignedIdentifier", [
            element("Id", id),
            element("AccessPolicy", [
                optional("Start", start),
                optional("Expiry", expiry),
                optional("Permission", permission),
            ]),
        ]),
    );
    return xml(element("SignedIdentifiers", policies), stamps(call.share));
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-share-acl */
export async function setAcl(call: ShareCall): Promise<ServiceResponse> {
    checkLease(call, "share", call.share.lease, "write");
    const body = call.request.body === undefined ? "" : await text(call.request.body);
    const policies = parsePolicies(body);
    if (policies.length > MAXIMUM_POLICIES || policies.some(({ id }) => id === "" || id.length > MAXIMUM_ID))
        throw filesError("InvalidInput", "SignedIdentifiers");
    call.share.policies = policies;
    return changed(call, 200);
}

/** Stored access policies of a request's body; an empty one takes them all away. */
function parsePolicies(body: string): AccessPolicy[] {
    const policies: AccessPolicy[] = [];
    if (body.trim() === "") return policies;
    let content = "";
    const parser = new SaxesParser();
    parser.on("opentag", ({ name }) => {
        content = "";
        if (name === "SignedIdentifier") policies.push({ id: "" });
    });
    parser.on("text", (piece) => {
        content += piece;
    });
    parser.on("closetag", ({ name }) => {
        const policy = policies.at(-1);
        if (policy === undefined) return;
        if (name === "Id") policy.id = content;
        if (content === "") return;
        if (name === "Start") policy.start = content;
        if (name === "Expiry") policy.expiry = content;
        if (name === "Permission") policy.permission = content;
    });
    parser.on("error", () => {
        throw filesError("InvalidXmlDocument");
    });
    parser.write(body.replace(/^\uFEFF/, "")).close();
    return policies;
}
