import type { CredentialSettings, Environment } from "./settings.js";
import { profilesKey, readProfileSetting } from "./profiles-setting.js";

/** What one place (a profile's setting, a family of variables) says about a credential. */
export interface CredentialFields {
    readonly tenantId?: string | undefined;
    readonly clientId?: string | undefined;
    readonly clientSecret?: string | undefined;
    readonly certificatePath?: string | undefined;
    readonly certificatePassword?: string | undefined;
    readonly oidcToken?: string | undefined;
    readonly oidcTokenFilePath?: string | undefined;
    readonly oidcRequestUrl?: string | undefined;
    readonly oidcRequestToken?: string | undefined;
    /** A name of the cloud, or the host of its sign-in service. */
    readonly cloud?: string | undefined;
    readonly subscriptionId?: string | undefined;
    readonly useOidc?: boolean | undefined;
    readonly useManagedIdentity?: boolean | undefined;
    readonly interactive?: boolean | undefined;
}

/** A place and what it says. The first layer that holds a credential is the one that is used. */
export interface Layer {
    readonly fields: CredentialFields;
    /** What a field is called there, for messages: `AZURE_SOURCE_CLIENT_ID`. */
    nameOf(field: keyof CredentialFields): string;
}

type TextField = {
    [Key in keyof CredentialFields]-?: NonNullable<CredentialFields[Key]> extends string ? Key : never;
}[keyof CredentialFields];
type FlagField = Exclude<keyof CredentialFields, TextField>;

/** Suffixes of variables that are alike in every family. */
const suffixes: Readonly<Record<keyof CredentialFields, string>> = {
    tenantId: "TENANT_ID",
    clientId: "CLIENT_ID",
    clientSecret: "CLIENT_SECRET",
    certificatePath: "CLIENT_CERTIFICATE_PATH",
    certificatePassword: "CLIENT_CERTIFICATE_PASSWORD",
    oidcToken: "OIDC_TOKEN",
    oidcTokenFilePath: "OIDC_TOKEN_FILE_PATH",
    oidcRequestUrl: "OIDC_REQUEST_URL",
    oidcRequestToken: "OIDC_REQUEST_TOKEN",
    cloud: "CLOUD",
    subscriptionId: "SUBSCRIPTION_ID",
    useOidc: "USE_OIDC",
    useManagedIdentity: "USE_MSI",
    interactive: "INTERACTIVE",
};

const textFields: readonly TextField[] = [
    "tenantId",
    "clientId",
    "clientSecret",
    "certificatePath",
    "certificatePassword",
    "oidcToken",
    "oidcTokenFilePath",
    "oidcRequestUrl",
    "oidcRequestToken",
    "cloud",
    "subscriptionId",
];
const flagFields: readonly FlagField[] = ["useOidc", "useManagedIdentity", "interactive"];

/** Where a family calls a field otherwise. */
type Names = Partial<Record<keyof CredentialFields, readonly string[]>>;

/** Where GitHub Actions hands out OIDC tokens: https://docs.github.com/actions/reference/security/oidc */
function requestNames(prefix: string): Names {
    return {
        oidcRequestUrl: [`${prefix}OIDC_REQUEST_URL`, "ACTIONS_ID_TOKEN_REQUEST_URL"],
        oidcRequestToken: [`${prefix}OIDC_REQUEST_TOKEN`, "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
    };
}
/** https://learn.microsoft.com/javascript/api/@azure/identity/environmentcredential and workload identity's file */
const azureNames: Names = {
    oidcTokenFilePath: ["AZURE_FEDERATED_TOKEN_FILE"],
    cloud: ["AZURE_CLOUD", "AZURE_AUTHORITY_HOST"],
};
/** https://www.pulumi.com/registry/packages/azure-native/installation-configuration/ */
const armNames: Names = {
    cloud: ["ARM_ENVIRONMENT"],
};
const nativeNames: Names = {
    tenantId: ["azure-native:tenantId"],
    clientId: ["azure-native:clientId"],
    clientSecret: ["azure-native:clientSecret"],
    certificatePath: ["azure-native:clientCertificatePath"],
    certificatePassword: ["azure-native:clientCertificatePassword"],
    oidcToken: ["azure-native:oidcToken"],
    oidcTokenFilePath: ["azure-native:oidcTokenFilePath"],
    oidcRequestUrl: ["azure-native:oidcRequestUrl", "ACTIONS_ID_TOKEN_REQUEST_URL"],
    oidcRequestToken: ["azure-native:oidcRequestToken", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
    cloud: ["azure-native:environment"],
    subscriptionId: ["azure-native:subscriptionId"],
    useOidc: ["azure-native:useOidc"],
    useManagedIdentity: ["azure-native:useMsi"],
};

/** The layers of a profile, the most explicit first. Reads no file and asks nobody. */
export function layersOf(name: string, settings: CredentialSettings, environment: Environment): Layer[] {
    const word = name.toUpperCase().replaceAll("-", "_");
    const variable = (key: string) => environment[key];
    const own = `AZURE_${word}_`;
    const ownNames: Names = { cloud: [`${own}CLOUD`, `${own}AUTHORITY_HOST`] };
    return [
        explicitLayer(name, settings),
        family(own, { ...ownNames, ...requestNames(own) }, variable),
        family("AZURE_", { ...azureNames, ...requestNames("AZURE_") }, variable),
        family("ARM_", { ...armNames, ...requestNames("ARM_") }, variable),
        family("azure-native:", nativeNames, (key) =>
            key.includes(":") ? settings.get(key) : environment[key],
        ),
    ];
}

function explicitLayer(name: string, settings: CredentialSettings): Layer {
    const { clientCertificatePath, clientCertificatePassword, ...rest } =
        readProfileSetting(settings, name) ?? {};
    return {
        fields: {
            ...rest,
            certificatePath: clientCertificatePath,
            certificatePassword: clientCertificatePassword,
        },
        nameOf: (field) => `${profilesKey} ${name}.${settingNames[field] ?? field}`,
    };
}

const settingNames: Partial<Record<keyof CredentialFields, string>> = {
    certificatePath: "clientCertificatePath",
    certificatePassword: "clientCertificatePassword",
};

function family(prefix: string, names: Names, read: (key: string) => string | undefined): Layer {
    const namesOf = (field: keyof CredentialFields) => names[field] ?? [`${prefix}${suffixes[field]}`];
    const isSet = (name: string) => (read(name) ?? "").trim() !== "";
    const valueOf = (field: keyof CredentialFields) => {
        const name = namesOf(field).find(isSet);
        return name === undefined ? undefined : read(name);
    };
    const fields: { -readonly [Key in keyof CredentialFields]: CredentialFields[Key] } = {};
    for (const field of textFields) assign(fields, field, valueOf(field));
    for (const field of flagFields) assign(fields, field, flagOf(valueOf(field)));
    return {
        fields,
        nameOf: (field) => namesOf(field).find(isSet) ?? namesOf(field)[0] ?? field,
    };
}

function flagOf(value: string | undefined): boolean | undefined {
    return value === undefined ? undefined : /^(true|1|yes)$/i.test(value.trim());
}

function assign<Key extends TextField | FlagField>(
    fields: { [Each in Key]?: CredentialFields[Each] },
    field: Key,
    value: CredentialFields[Key],
): void {
    if (value !== undefined) fields[field] = value;
}
