/** Why a name can't be one in a vault: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers */
export function invalidName(name: string, singular: string): string | undefined {
    return /^[0-9a-zA-Z-]{1,127}$/.test(name)
        ? undefined
        : `a ${singular}'s name has 1 to 127 characters, only letters of ASCII, digits and hyphens`;
}

/** Object identifiers are case-insensitive: the same page. */
export function foldName(name: string): string {
    return name.toLowerCase();
}

/** By the folded names; a vault lists in no order, so it only serves tests and tables. */
export function compareNames(a: string, b: string): number {
    const [left, right] = [foldName(a), foldName(b)];
    return left < right ? -1 : left > right ? 1 : 0;
}
