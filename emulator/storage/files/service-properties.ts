import { text } from "node:stream/consumers";
import type { ServiceResponse } from "../../contract.js";
import { answer, type Call } from "./call.js";
import { filesError } from "./errors.js";

const metrics = (name: string): string =>
    `<${name}><Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled></RetentionPolicy></${name}>`;
const defaults =
    `<StorageServiceProperties>${metrics("HourMetrics")}${metrics("MinuteMetrics")}<Cors /><ProtocolSettings><SMB>` +
    `<Multichannel><Enabled>false</Enabled></Multichannel></SMB></ProtocolSettings></StorageServiceProperties>`;

/** As they were set: the local Azure measures nothing and knows no other origins. Source: https://learn.microsoft.com/rest/api/storageservices/get-file-service-properties */
export function getServiceProperties(call: Call): ServiceResponse {
    const body = `\uFEFF<?xml version="1.0" encoding="utf-8"?>${call.files.properties ?? defaults}`;
    return { status: 200, headers: { "content-type": "application/xml" }, body };
}

/** Elements that the request leaves out stay as they are. Source: https://learn.microsoft.com/rest/api/storageservices/set-file-service-properties */
export async function setServiceProperties(call: Call): Promise<ServiceResponse> {
    const body = call.request.body === undefined ? "" : await text(call.request.body);
    if (!/<StorageServiceProperties[\s/>]/.test(body)) throw filesError("InvalidXmlDocument");
    let properties = call.files.properties ?? defaults;
    for (const name of ["HourMetrics", "MinuteMetrics", "Cors", "ProtocolSettings"]) {
        const set = elementOf(body, name);
        const current = elementOf(properties, name);
        if (set !== undefined && current !== undefined) properties = properties.replace(current, () => set);
    }
    call.files.properties = properties;
    return answer(202);
}

function elementOf(document: string, name: string): string | undefined {
    return new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>.*?</${name}>)`, "s").exec(document)?.[0];
}
