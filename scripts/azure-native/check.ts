import { createHash, randomBytes } from "node:crypto";
import type { Json } from "../../providers/core/json.js";
import type { Properties } from "./properties.js";
import { type AzureType, hasLocation } from "./types.js";

interface CheckContext {
    /** The resource's name in the program. */
    readonly logicalName: string;
    readonly urn: string;
    /** The engine's seed; the same one gives the same name. Empty: a name by chance. */
    readonly seed: Uint8Array;
    readonly location: string | undefined;
}

/**
 * Inputs completed with what the real provider adds: a name where none is given (that of before, where there was one)
 * and the configured location.
 */
export function checkedInputs(
    type: AzureType,
    before: Properties,
    given: Properties,
    context: CheckContext,
): Properties {
    const inputs = { ...given };
    if (inputs[type.name] === undefined && type.automaticName !== undefined) {
        inputs[type.name] = before[type.name] ?? automaticName(type.automaticName, context);
    }
    if (hasLocation(type) && inputs["location"] === undefined) {
        const location = context.location ?? before["location"];
        if (location !== undefined) inputs["location"] = location;
    }
    return inputs;
}

function automaticName(kind: "suffix" | "guid", context: CheckContext): string {
    const hex =
        context.seed.length === 0
            ? randomBytes(16).toString("hex")
            : createHash("sha256").update(context.seed).update(context.urn).digest("hex");
    if (kind === "suffix") return context.logicalName + hex.slice(0, 8);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
        "-",
    );
}

/** Whether a name was made here: a replacement then gets another one, and both can be there at once. */
export function isAutomaticName(type: AzureType, logicalName: string, name: Json | undefined): boolean {
    if (type.automaticName === undefined || typeof name !== "string") return false;
    if (type.automaticName === "guid") return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
    return name.startsWith(logicalName) && /^[0-9a-f]{8}$/.test(name.slice(logicalName.length));
}
