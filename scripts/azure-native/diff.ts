import { canonicalJson } from "../../providers/core/json.js";
import { isAutomaticName } from "./check.js";
import type { Properties } from "./properties.js";
import { normalized } from "./shape.js";
import { type AzureType, pathInputs } from "./types.js";

export interface Difference {
    /** Inputs that differ. */
    readonly changed: string[];
    /** Those of them that can't be changed in place. */
    readonly replaced: string[];
    /** Two resources of the same ID can't be there at once. */
    readonly deleteBeforeReplace: boolean;
}

/** What changing the inputs means for the resource. */
export function difference(
    type: AzureType,
    logicalName: string,
    before: Properties,
    after: Properties,
): Difference {
    const inPath = pathInputs(type);
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (input) => text(input, before) !== text(input, after),
    );
    const replaced = changed.filter((input) => inPath.includes(input) || type.replaceOn.includes(input));
    return {
        changed,
        replaced,
        deleteBeforeReplace:
            replaced.length > 0 &&
            !replaced.some((input) => inPath.includes(input)) &&
            !isAutomaticName(type, logicalName, before[type.name]),
    };
}

function text(input: string, inputs: Properties): string | undefined {
    const value = inputs[input];
    if (value === undefined) return undefined;
    return canonicalJson(input === "location" && typeof value === "string" ? normalized(value) : value);
}
