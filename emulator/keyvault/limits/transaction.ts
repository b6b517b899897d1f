import type { KeyVersion } from "../keys/state.js";
import type { Route } from "../routes.js";
import type { VaultContents } from "../vault.js";
import type { Transaction } from "./charge.js";
import type { KeySize } from "./table.js";

/**
 * How a request counts. The documentation names "CREATE secret", "IMPORT key", "IMPORT certificate", "CREATE key" and
 * "all other transactions". What it does not say, and is assumed here: restoring a backup and making a certificate are
 * others; a key's rotation is a transaction of that key; what concerns a deleted key, or none, is no key's.
 *
 * @param body the request's, where it has one: it tells the type of a key that is to be made.
 */
export function transactionOf(route: Route, contents: VaultContents, body: Buffer): Transaction {
    const { collection, operation } = route;
    if (collection === "secrets") return { kind: operation === "set" ? "creation" : "other" };
    if (operation === "import") return { kind: "creation" };
    if (collection === "certificates" || route.name === "") return { kind: "other" };
    if (operation === "create") return { kind: "key creation", hardware: asksForHardware(body) };
    const key = keyOf(route, contents);
    return key === undefined
        ? { kind: "other" }
        : { kind: "key", size: sizeOf(key), hardware: key.kty.endsWith("-HSM") };
}

function asksForHardware(body: Buffer): boolean {
    try {
        const parameters = JSON.parse(body.toString("utf8")) as { kty?: unknown } | null;
        return typeof parameters?.kty === "string" && parameters.kty.endsWith("-HSM");
    } catch {
        // The operation itself will complain.
        return false;
    }
}

function keyOf({ name, version }: Route, { keys }: VaultContents): KeyVersion | undefined {
    const key = keys.all(false).find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    return key?.versions.find((candidate) => candidate.version === version) ?? key?.versions.at(-1);
}

function sizeOf({ kty, material }: KeyVersion): KeySize {
    if (kty.startsWith("EC")) return "EC";
    const bits = Buffer.from(material.n ?? "", "base64url").length * 8;
    return bits >= 4096 ? "RSA 4096" : bits >= 3072 ? "RSA 3072" : "RSA 2048";
}
