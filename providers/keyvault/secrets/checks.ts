import { DataplaneError } from "../../core/errors.js";
import { maximumTags } from "../tags.js";
import type { CarriedProperties } from "./item.js";

/**
 * "Secret is beyond the maximum permitted length of 25600 characters" is what the service says, while the documentation
 * counts 25k octets (https://learn.microsoft.com/azure/key-vault/secrets/about-secrets): what has fewer characters and
 * more octets is left to the service.
 */
const longestValue = 25_600;

/** https://learn.microsoft.com/azure/key-vault/secrets/about-secrets */
const longestContentType = 255;

/** What is to be written of one version. */
export interface Written {
    readonly value?: string | undefined;
    readonly properties: CarriedProperties;
    /** Tags of ours; one of the same name as a carried one counts once. */
    readonly ownTags: Readonly<Record<string, string>>;
}

/** Throws `InvalidItem` for what a secret can't hold; the message never has the value. */
export function checkVersion(name: string, { value, properties, ownTags }: Written): void {
    const tags = tagsOf(properties, ownTags);
    if (tags > maximumTags) {
        throw invalid(
            name,
            `would have ${String(tags)} tags with our marker; Key Vault allows ${String(maximumTags)}`,
            "Remove a tag at the source, or leave the secret out.",
        );
    }
    const characters = value?.length ?? 0;
    if (characters > longestValue) {
        throw invalid(
            name,
            `would have a value of ${String(characters)} characters; Key Vault allows ${String(longestValue)}`,
            `Shorten what overrides or rewrite make of it, or leave the secret out.`,
        );
    }
    if ((properties.contentType?.length ?? 0) > longestContentType) {
        throw invalid(
            name,
            `has a content type of more than ${String(longestContentType)} characters`,
            "Shorten it at the source, or leave the secret out.",
        );
    }
}

/** Whether there is room for one more tag. */
export function hasRoomForTag({ properties, ownTags }: Written): boolean {
    return tagsOf(properties, ownTags) < maximumTags;
}

function tagsOf(properties: CarriedProperties, ownTags: Readonly<Record<string, string>>): number {
    return Object.keys({ ...properties.tags, ...ownTags }).length;
}

function invalid(name: string, what: string, remedy: string): DataplaneError {
    return new DataplaneError("InvalidItem", `the secret "${name}" ${what}`, {
        item: name,
        side: "target",
        remedy,
    });
}
