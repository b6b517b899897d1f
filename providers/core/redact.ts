/** What stands in place of a secret. */
export const redacted = "[redacted]";

/** Values that this process knows to be secret: of its own credentials. In memory only. */
const knownSecrets = new Set<string>();

/** Shorter ones would blot out ordinary words. */
const shortestSecret = 6;

/** From now on `redact` takes this very value out of every text. Short values are ignored. */
export function registerSecret(value: string): void {
    if (value.length < shortestSecret) return;
    knownSecrets.add(value);
    knownSecrets.add(encodeURIComponent(value));
}

/** Names of settings whose value is a secret, in connection strings, forms, JSON and queries. */
const secretNames = [
    "AccountKey",
    "SharedAccessKey",
    "SharedAccessSignature",
    "PrimaryKey",
    "SecondaryKey",
    "Password",
    "Pwd",
    "client_secret",
    "clientSecret",
    "client_assertion",
    "access_token",
    "accessToken",
    "refresh_token",
    "id_token",
    "assertion",
].join("|");

interface Rule {
    readonly pattern: RegExp;
    readonly replacement: string;
}

const rules: readonly Rule[] = [
    // A connection string's signature has separators of its own: everything to the next `;` goes.
    { pattern: /(SharedAccessSignature\s*=\s*)[^;\s"'<>]+/gi, replacement: `$1${redacted}` },
    // A shared access signature: the whole query goes, as its other parts (`se`, `sp`) say what the URL grants.
    // https://learn.microsoft.com/rest/api/storageservices/create-service-sas
    { pattern: /\?[^\s"'<>]*?\b(?:sig|x-ms-signature)(?:=|%3D)[^\s"'<>]*/gi, replacement: `?${redacted}` },
    {
        pattern: /(?:\b|(?<=%3F|%26))(sig|se|skoid|sktid|ske)(=|%3D)[^\s"'<>&;]+/gi,
        replacement: `$1$2${redacted}`,
    },
    { pattern: /\b(Bearer|PoP)\s+[A-Za-z0-9._~+/=-]+/gi, replacement: `$1 ${redacted}` },
    // https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
    { pattern: /\b(SharedKey(?:Lite)?\s+[^\s:]+:)[A-Za-z0-9+/=]+/gi, replacement: `$1${redacted}` },
    { pattern: /\bBasic\s+[A-Za-z0-9+/]{8,}={0,2}/g, replacement: `Basic ${redacted}` },
    // A JSON member, plain or as text inside of JSON; the value runs to the closing quote.
    {
        pattern: new RegExp(`(\\\\?")(${secretNames})\\1\\s*:\\s*\\1(?:\\\\.|(?!\\1)[^\\\\])*\\1`, "gi"),
        replacement: `$1$2$1: $1${redacted}$1`,
    },
    {
        pattern: new RegExp(`(?:\\b|(?<=%3F|%26))(${secretNames})(\\s*=\\s*|%3D)[^;&\\s"'<>]+`, "gi"),
        replacement: `$1$2${redacted}`,
    },
    // A JSON web token wherever it stands.
    { pattern: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, replacement: redacted },
    // An Entra client secret: `8Q~` (or `7Q~`) as characters four to six.
    { pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}/g, replacement: redacted },
    // A key of a storage account, a Cosmos DB account or a bus: 64 or 32 bytes of base64.
    {
        pattern: /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/g,
        replacement: redacted,
    },
];

/**
 * Takes secrets out of a text that is about to be shown: shared access signatures, bearer tokens, account keys,
 * connection strings, client secrets, and every value that was registered. Applying it twice changes nothing more.
 *
 * It is the last line: texts are made without secrets to begin with.
 */
export function redact(text: string): string {
    let result = text;
    // The longest first: one secret may be part of another.
    for (const secret of [...knownSecrets].sort((a, b) => b.length - a.length)) {
        result = result.replaceAll(secret, redacted);
    }
    for (const { pattern, replacement } of rules) result = result.replace(pattern, replacement);
    return result;
}

/** A URL without its query and fragment, which may carry a signature; with the secrets of its path taken out. */
export function withoutQuery(url: string): string {
    const end = url.search(/[?#]/);
    return redact(end === -1 ? url : url.slice(0, end));
}
