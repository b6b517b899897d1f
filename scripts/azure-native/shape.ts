import type { Json } from "../../providers/core/json.js";
import { isObject, type Properties, unknownValue } from "./properties.js";
import { type AzureType, pathInputs } from "./types.js";

/** The resource's ID. */
export function resourceId(type: AzureType, inputs: Properties, subscriptionId: string): string {
    return type.path.replaceAll(/\{(\w+)\}/g, (_, input: string) => {
        const value = input === "subscriptionId" ? subscriptionId : inputs[input];
        if (typeof value !== "string" || value === "")
            throw new Error(`Missing required property '${input}'`);
        return input === "scope" ? value.replace(/\/$/, "") : value;
    });
}

/** The body of a PUT. */
export function requestBody(type: AzureType, inputs: Properties): Properties {
    const inPath = new Set(pathInputs(type));
    const body: Properties = {};
    const properties: Properties = {};
    for (const [input, value] of Object.entries(inputs)) {
        if (inPath.has(input)) continue;
        if (type.flattened && !type.top.includes(input)) properties[type.renamed?.[input] ?? input] = value;
        else body[input] = value;
    }
    return type.flattened ? { ...body, properties } : body;
}

/** A resource's outputs, from Resource Manager's own answer. */
export function outputs(type: AzureType, body: Properties): Properties {
    const { id: _id, properties, ...top } = body;
    const inside = isObject(properties) ? properties : {};
    const rest = type.flattened ? renameBack(type, inside) : { properties: inside };
    return { ...rest, ...top, azureApiVersion: type.apiVersion };
}

/** Outputs while previewing: what the inputs say; what only Azure knows is left out or unknown. */
export function previewOutputs(type: AzureType, inputs: Properties): Properties {
    if (type.flattened || type.computed === undefined) return inputs;
    const computed = Object.fromEntries(type.computed.map((name) => [name, unknownValue]));
    const given = inputs["properties"];
    return { ...inputs, properties: { ...computed, ...(isObject(given) ? given : {}) } };
}

/**
 * Inputs as they would be to make what is there now: what the user gave, with the values that Azure shows. Without
 * earlier inputs, all that Azure shows.
 */
export function inputsFromState(
    type: AzureType,
    id: string,
    state: Properties,
    before: Properties,
): Properties {
    if (Object.keys(before).length > 0) {
        // What is in the path stands as it is: an output of the same name may be another thing.
        const inPath = new Set(pathInputs(type));
        return Object.fromEntries(
            Object.entries(before).map(([input, value]) => [
                input,
                inPath.has(input) ? value : refreshed(value, state[input]),
            ]),
        );
    }
    const { azureApiVersion: _version, name: _name, type: _type, systemData: _data, ...rest } = state;
    return { ...rest, ...inputsFromId(type, id) };
}

function inputsFromId(type: AzureType, id: string): Properties {
    const pattern = type.path.replaceAll(/\{(\w+)\}/g, (_, input: string) =>
        input === "scope" ? "(?<scope>.*)" : `(?<${input}>[^/]+)`,
    );
    const { subscriptionId: _, ...inputs } = new RegExp(`^${pattern}$`, "i").exec(id)?.groups ?? {};
    return inputs;
}

function refreshed(before: Json, now: Json | undefined): Json {
    if (now === undefined) return before;
    if (isObject(before) && isObject(now)) {
        return Object.fromEntries(
            Object.entries(before).map(([key, value]) => [key, refreshed(value, now[key])]),
        );
    }
    return isSame(before, now) ? before : now;
}

/** Azure answers with another spelling than it was given: locations, and letters' case in IDs. */
function isSame(a: Json, b: Json): boolean {
    if (typeof a !== "string" || typeof b !== "string") return JSON.stringify(a) === JSON.stringify(b);
    return normalized(a) === normalized(b);
}

/** `West Europe` is `westeurope`. */
export function normalized(text: string): string {
    return text.toLowerCase().replaceAll(" ", "");
}

function renameBack(type: AzureType, properties: Properties): Properties {
    const names = new Map(Object.entries(type.renamed ?? {}).map(([input, name]) => [name, input]));
    return Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [names.get(name) ?? name, value]),
    );
}
