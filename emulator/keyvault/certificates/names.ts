import type { Name } from "@peculiar/x509";
import { invalidProperty } from "../parameters.js";
import { loadX509 } from "./libraries.js";

/** Types of attributes in names which Windows, and so the service, spells in its own way. */
const windowsTypes: Readonly<Record<string, string>> = {
    S: "2.5.4.8",
    STREET: "2.5.4.9",
    SERIALNUMBER: "2.5.4.5",
};

/**
 * A distinguished name from its text. What stands first in the text is encoded last: so does Windows, and so the
 * service. Throws 400 where it is none.
 * Source: https://learn.microsoft.com/dotnet/api/system.security.cryptography.x509certificates.x500distinguishednameflags
 */
export async function parseName(text: string): Promise<Name> {
    const { Name } = await loadX509();
    try {
        const parsed = new Name(text.replace(/(^|,\s*)([a-z]+)(?==)/g, upperCased), windowsTypes);
        if (text !== "" && parsed.toJSON().length === 0) throw invalidProperty("policy");
        return new Name(parsed.toJSON().reverse(), windowsTypes);
    } catch {
        throw invalidProperty("policy");
    }
}

/** The text of a distinguished name, the other way round. */
export async function showName(encoded: Name): Promise<string> {
    const { Name } = await loadX509();
    const known = new Name(encoded.toArrayBuffer(), windowsTypes);
    return new Name(known.toJSON().reverse(), windowsTypes).toString();
}

/** Types of attributes compare without case: `cn=`. */
function upperCased(match: string): string {
    return match.toUpperCase();
}
