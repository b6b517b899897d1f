import { createHmac, timingSafeEqual } from "node:crypto";
import type { ArmRecord } from "../../contract.js";
import { accountKeys } from "../accounts.js";
import type { BlobRequest } from "../blob-request.js";
import { authenticationFailed, permissionMismatch, StorageError } from "../errors.js";
import type { Asked } from "./authorization.js";
import type { AccessPolicy } from "./state.js";

/** From this version on, an account's signature names an encryption scope. */
const ENCRYPTION_SCOPE_SINCE = "2020-12-06";

/** Throws 403 unless the request's shared access signature is good, and good for this. */
export function checkSignature(account: ArmRecord, request: BlobRequest, asked: Asked, now: number): void {
    const fields = request.url.searchParams;
    const get = (name: string): string => fields.get(name) ?? "";
    // Of the account where it says for which services; else of a share or a file.
    const ofAccount = fields.has("ss");
    const text = ofAccount ? accountText(account, get) : serviceText(account, asked, get);
    if (!isSigned(account, text, get("sig"))) throw authenticationFailed("Signature did not match.");
    const policy = ofAccount ? {} : policyOf(asked, get("si"));
    const expiry = get("se") === "" ? policy.expiry : get("se");
    const start = get("st") === "" ? policy.start : get("st");
    if (expiry === undefined || now >= Date.parse(expiry) || (start !== undefined && now < Date.parse(start)))
        throw authenticationFailed("Signed expiry time is before the current time, or start time after it.");
    if (ofAccount) checkAccountFields(asked, get);
    // One of a share or a file opens what is in it; settings of the share take the account's.
    else if (asked.operation.kind !== "content") throw permissionMismatch();
    const permissions = get("sp") === "" ? (policy.permission ?? "") : get("sp");
    const { signed } = asked.operation;
    if (!Array.from(signed).some((letter) => permissions.includes(letter))) throw permissionMismatch();
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/create-account-sas#construct-the-signature-string */
function accountText(account: ArmRecord, get: (name: string) => string): string {
    const fields = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"].map(get);
    const scope = get("sv") >= ENCRYPTION_SCOPE_SINCE ? [get("ses")] : [];
    return [account.name, ...fields, ...scope, ""].join("\n");
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/create-service-sas#version-2018-11-09-and-later */
function serviceText(account: ArmRecord, { place }: Asked, get: (name: string) => string): string {
    const path = get("sr") === "f" ? [place.share, ...place.path] : [place.share];
    const resource = `/file/${account.name}/${path.join("/")}`;
    const before = ["sp", "st", "se"].map(get);
    const after = ["si", "sip", "spr", "sv", "rscc", "rscd", "rsce", "rscl", "rsct"].map(get);
    return [...before, resource, ...after].join("\n");
}

function isSigned(account: ArmRecord, text: string, signature: string): boolean {
    const given = Buffer.from(signature, "base64");
    return accountKeys(account).some((key) => {
        const expected = createHmac("sha256", key).update(text, "utf8").digest();
        return given.length === expected.length && timingSafeEqual(given, expected);
    });
}

function policyOf({ files, place }: Asked, id: string): Partial<AccessPolicy> {
    if (id === "") return {};
    const policy = files.shares.get(place.share)?.policies.find((one) => one.id === id);
    if (policy === undefined) throw authenticationFailed("Signed identifier does not exist.");
    return policy;
}

function checkAccountFields({ operation }: Asked, get: (name: string) => string): void {
    if (!get("ss").includes("f"))
        throw new StorageError(
            403,
            "AuthorizationServiceMismatch",
            "This request is not authorized to perform this operation using this service.",
        );
    if (!get("srt").includes(operation.signedType))
        throw new StorageError(
            403,
            "AuthorizationResourceTypeMismatch",
            "This request is not authorized to perform this operation using this resource type.",
        );
}
