import { badParameter } from "../errors.js";
import { invalidProperty, parseCommon, parseObject, type CommonParameters } from "../parameters.js";

/** Source of the limits: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets */
const MAXIMUM_VALUE_BYTES = 25_600;
const MAXIMUM_CONTENT_TYPE_CHARACTERS = 255;

/** What a caller may say about a secret. Absent members are left as they are. */
export interface SecretParameters extends CommonParameters {
    contentType?: string;
}

/** Reads and checks the body of a set or an update. Throws 400. */
export function parseParameters(body: Buffer): { value: string | undefined; parameters: SecretParameters } {
    const json = parseObject(body);
    const parameters: SecretParameters = parseCommon(json);
    if (typeof json.contentType === "string") parameters.contentType = checkContentType(json.contentType);
    return { value: typeof json.value === "string" ? checkValue(json.value) : undefined, parameters };
}

function checkValue(value: string): string {
    if (Buffer.byteLength(value, "utf8") > MAXIMUM_VALUE_BYTES) {
        throw badParameter(
            `Secret is beyond the maximum permitted length of ${String(MAXIMUM_VALUE_BYTES)} characters.`,
        );
    }
    return value;
}

function checkContentType(contentType: string): string {
    if (contentType.length > MAXIMUM_CONTENT_TYPE_CHARACTERS) throw invalidProperty("contentType");
    return contentType;
}
