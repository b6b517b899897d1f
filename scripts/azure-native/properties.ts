import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Json } from "../../providers/core/json.js";

/** Inputs or outputs of a resource. */
export type Properties = Record<string, Json>;

/** What stands for a value that is not known yet, in inputs and outputs of a preview. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** From the wire. */
export function fromStruct(struct: Struct | undefined): Properties {
    return struct?.toJavaScript() ?? {};
}

/** To the wire, which refuses `undefined`. */
export function toStruct(properties: object): Struct {
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Properties);
}

/** Whether it is an object with named members. */
export function isObject(value: Json | undefined): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
