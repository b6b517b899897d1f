import type { Json } from "../core/json.js";
import type { PropertyService } from "./service-property-item.js";

export type CarriedSetting = Record<string, Json>;

/** Members of a service's properties, by the names that all services' have here. */
export type SettingMember =
    | "staticWebsite"
    | "deleteRetentionPolicy"
    | "logging"
    | "hourMetrics"
    | "minuteMetrics"
    | "multichannel"
    | "encryptionInTransit";

/** A setting that is on or off as a whole. */
interface Setting {
    /** Part of an item's name. */
    readonly name: string;
    readonly member: SettingMember;
    readonly services: readonly PropertyService[];
    /** What is carried of it; undefined where it is off, as in a new account. */
    readonly shown: (value: CarriedSetting) => CarriedSetting | undefined;
    readonly on: (carried: CarriedSetting) => CarriedSetting;
    readonly off: CarriedSetting;
}

/** One that says by a flag whether it is on. */
function flagged(
    name: string,
    member: SettingMember,
    services: readonly PropertyService[],
    { flag = "enabled", whenOff = {} }: { flag?: string; whenOff?: CarriedSetting } = {},
): Setting {
    return {
        name,
        member,
        services,
        shown: ({ [flag]: isOn, ...rest }) => (isOn === true ? rest : undefined),
        on: (carried) => ({ ...carried, [flag]: true }),
        off: { ...whenOff, [flag]: false },
    };
}

const notKept = { version: "1.0", retentionPolicy: { enabled: false } };
const analysed = ["queue", "table"] as const;
const measured = ["queue", "table", "file"] as const;

/**
 * Classic logging and metrics of blobs are left to diagnostic settings, which have taken their place. Source of the members:
 * https://learn.microsoft.com/rest/api/storageservices/set-queue-service-properties#request-body
 * and its like for tables and files.
 */
const settings: readonly Setting[] = [
    flagged("soft-delete", "deleteRetentionPolicy", ["blob"]),
    flagged("static-website", "staticWebsite", ["blob"]),
    {
        name: "logging",
        member: "logging",
        services: analysed,
        shown: (value) => (value.read || value.write || value.delete ? value : undefined),
        on: (carried) => carried,
        off: { ...notKept, read: false, write: false, delete: false },
    },
    flagged("hour-metrics", "hourMetrics", measured, { whenOff: notKept }),
    flagged("minute-metrics", "minuteMetrics", measured, { whenOff: notKept }),
    flagged("smb-multichannel", "multichannel", ["file"]),
    flagged("smb-encryption", "encryptionInTransit", ["file"], { flag: "required" }),
];

/** The settings that a service has beside its rules of CORS. */
export function settingsOf(service: PropertyService): readonly Setting[] {
    return settings.filter(({ services }) => services.includes(service));
}
