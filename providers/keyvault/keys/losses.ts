import type { Loss } from "../../core/contract.js";
import { recreatedTag } from "../tags.js";
import { identityOf, isSameKey, propertiesOf, type KeyItem } from "./item.js";
import { isSameKind } from "./properties.js";

/** Why a backup can't take a key along. */
export type Hindrance = "elsewhere" | "renamed" | "taken" | { readonly refused: string };

/** A key that can't be moved and of which nothing is known that a new one could be made after. */
export function unreadable(item: string): Loss {
    return {
        item,
        what: "key",
        reason: "the key is disabled, and Key Vault does not show of what type and size",
        remedy: "Enable it at the source while it is copied.",
    };
}

/** Why a key stays behind where nothing is made in its place. */
export function staysBehind(item: string, hindrance: Hindrance): Loss {
    return { item, what: "key", reason: reasonOf(hindrance), remedy: remedyOf(hindrance) };
}

/** A type of keys that vaults do not have. */
export function unknownType(item: string, keyType: string): Loss {
    return {
        item,
        what: "key",
        reason: `keys of type ${keyType} are kept by a Managed HSM alone, which is not replicated`,
    };
}

/** What the target's key lacks of the source's after it was dealt with. */
export function shortfallOf(source: KeyItem, target: KeyItem): Loss[] {
    const [there, here] = [identityOf(source), identityOf(target)];
    if (there === undefined || here === undefined || isSameKey(there, here)) {
        return datesLeft(source, target);
    }
    const losses: Loss[] = [
        {
            item: source.name,
            what: "key material",
            reason:
                here.recreatedFrom === undefined
                    ? "the target has another key of that name"
                    : `the target has a new key in its place (its tag ${recreatedTag} names the version that it stands for): ` +
                      "what the source's key encrypted or signed, it can't decrypt or verify",
            remedy:
                "Where both vaults are in one subscription and geography, delete and purge the target's key and run " +
                "again: then the key itself is restored.",
        },
    ];
    if (!isSameKind(propertiesOf(source), propertiesOf(target))) {
        losses.push({
            item: source.name,
            what: "type and size",
            reason: "the target's key was made before the source's got another type, size or curve",
        });
    }
    return [...losses, ...datesLeft(source, target)];
}

/** An update leaves what it does not name, and a new version would be a new key. */
function datesLeft(source: KeyItem, target: KeyItem): Loss[] {
    const [there, here] = [propertiesOf(source), propertiesOf(target)];
    const left = (["notBefore", "expires"] as const).filter(
        (name) => there[name] === undefined && here[name] !== undefined,
    );
    if (left.length === 0) return [];
    return [
        {
            item: source.name,
            what: left.join(" and "),
            reason: "Key Vault does not take a date away from a key that has one",
        },
    ];
}

function reasonOf(hindrance: Hindrance): string {
    switch (hindrance) {
        case "elsewhere":
            return (
                "the private part of a key never leaves its vault, and a backup can only be restored in the same " +
                "subscription and geography"
            );
        case "renamed":
            return "the private part of a key never leaves its vault, and a backup can only be restored under its own name";
        case "taken":
            return (
                "the target has a key of that name without the source's newest version, and a backup can only be " +
                "restored where there is none"
            );
        default:
            return `the private part of a key never leaves its vault but in a backup, and ${hindrance.refused}`;
    }
}

function remedyOf(hindrance: Hindrance): string {
    const other = 'or set onUnexportable to "recreate" to have a new key of the same kind';
    switch (hindrance) {
        case "renamed":
            return `Leave its name as it is, ${other}.`;
        case "taken":
            return `Delete and purge the target's key, if nothing needs it, and run again; ${other}.`;
        default:
            return 'Set onUnexportable to "recreate" to have a new key of the same kind.';
    }
}
