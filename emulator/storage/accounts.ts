import { createHash, randomBytes } from "node:crypto";
import type { ArmRecord, Platform } from "../contract.js";

const TYPE = "Microsoft.Storage/storageAccounts";

/** The account with that blob endpoint, or undefined where ARM holds none. */
export function findAccount(platform: Platform, host: string): ArmRecord | undefined {
    return platform.findByHost(TYPE, host.toLowerCase());
}

/** The account of that name, by its endpoint in the public cloud. */
export function findAccountByName(platform: Platform, name: string): ArmRecord | undefined {
    return findAccount(platform, `${name}.blob.core.windows.net`);
}

/**
 * The account's keys, as ARM's `listKeys` answers them. An account without keys gets one that nobody else knows, so
 * that requests with tokens work on it all the same.
 */
export function accountKeys(account: ArmRecord): [Buffer, ...Buffer[]] {
    const [first, ...rest] = (account.accessKeys ?? []).map(({ value }) => Buffer.from(value, "base64"));
    return first === undefined
        ? [createHash("sha512").update(`${SEED} ${account.id}`).digest()]
        : [first, ...rest];
}

const SEED = randomBytes(32).toString("hex");

/** Tells an account from an earlier one of the same name, which took its data along. */
export function incarnation(account: ArmRecord): string {
    const created = account.properties.creationTime;
    return `${account.id.toLowerCase()} ${typeof created === "string" ? created : ""}`;
}

/** Whether the account's network rules keep everybody out. Rules for addresses are not modelled: Deny is Deny. */
export function isNetworkClosed(account: ArmRecord): boolean {
    const rules = account.properties.networkAcls as { defaultAction?: string } | null | undefined;
    return account.properties.publicNetworkAccess === "Disabled" || rules?.defaultAction === "Deny";
}

/** Allowed unless the account says otherwise. */
export function allowsKeys(account: ArmRecord): boolean {
    return account.properties.allowSharedKeyAccess !== false;
}

/**
 * Forbidden unless the account says otherwise, as for all accounts since 2023.
 * Source: https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent
 */
export function allowsPublicAccess(account: ArmRecord): boolean {
    return account.properties.allowBlobPublicAccess === true;
}
