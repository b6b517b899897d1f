/** Written beside an item that template mode made: it has no content of the source yet. */
export const placeholderTag = "azure-dataplane-placeholder";
/** Written beside an item that a replica with `onDelete: "delete"` made: which one. */
export const ownerTag = "azure-dataplane-owner";
/** Written beside a key or certificate that was made anew because the source's can't leave its vault: of which version. */
export const recreatedTag = "azure-dataplane-recreated-from";
/**
 * Written beside a version of a secret whose place in a copied history can't be seen from its value: `older` on one that
 * is followed by another with the same value, `first` on the one with which copying over a foreign history began.
 */
export const historyTag = "azure-dataplane-history";

/** How many tags an object has at most: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags */
export const maximumTags = 15;

const ownTags: ReadonlySet<string> = new Set([placeholderTag, ownerTag, recreatedTag, historyTag]);

/** Tags without ours: what is compared and carried. */
export function foreignTags(tags: Readonly<Record<string, string>> | undefined): Record<string, string> {
    return Object.fromEntries(Object.entries(tags ?? {}).filter(([key]) => !ownTags.has(key)));
}

/** Ours alone: what is kept where the others are replaced. */
export function ownTagsIn(tags: Readonly<Record<string, string>> | undefined): Record<string, string> {
    return Object.fromEntries(Object.entries(tags ?? {}).filter(([key]) => ownTags.has(key)));
}
