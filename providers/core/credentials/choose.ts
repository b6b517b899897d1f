import { clouds, type CloudName } from "../clouds.js";
import { DataplaneError } from "../errors.js";
import type { ChosenCredential, CredentialDescription, OidcToken } from "./description.js";
import { layersOf, type CredentialFields, type Layer } from "./fields.js";
import type { CredentialSettings, Environment } from "./settings.js";

/**
 * Says which credential a profile has, without making it: no file is read, nobody is asked.
 *
 * The first of these that holds one: the stack config `azure-dataplane:profiles`; `AZURE_<NAME>_…`
 * (`AZURE_SOURCE_CLIENT_ID`); `AZURE_…`; `ARM_…`; azure-native's config; then `DefaultAzureCredential`, and after it
 * the browser where the profile allows it. A client ID alone is a user-assigned managed identity.
 *
 * Tenant, cloud and subscription may stand in a more explicit place than the credential, never in a less explicit
 * one: what belongs to another tenant's credential must not mix in.
 *
 * @throws DataplaneError `CredentialInvalid` where a credential is given in part; it says which variable is missing.
 */
export function chooseCredential(
    name: string,
    settings: CredentialSettings,
    environment: Environment,
): ChosenCredential {
    const known: Known = { interactive: false };
    for (const layer of layersOf(name, settings, environment)) {
        const { fields } = layer;
        known.tenantId ??= fields.tenantId;
        known.subscriptionId ??= fields.subscriptionId;
        known.cloud ??= cloudOf(layer);
        known.interactive ||= fields.interactive ?? false;
        const credential = credentialOf(layer, name, known.tenantId);
        if (credential !== undefined) return answer(credential, known, originOf(layer));
    }
    const credential: CredentialDescription = {
        kind: "default",
        interactive: known.interactive,
        ...(known.tenantId === undefined ? {} : { tenantId: known.tenantId }),
    };
    return answer(credential, known, "no setting: the machine's own identity or a signed-in tool");
}

/** What the layers so far have said. */
interface Known {
    tenantId?: string | undefined;
    subscriptionId?: string | undefined;
    cloud?: CloudName | undefined;
    interactive: boolean;
}

function answer(credential: CredentialDescription, known: Known, origin: string): ChosenCredential {
    const tenantId = "tenantId" in credential ? credential.tenantId : known.tenantId;
    return {
        credential,
        cloud: known.cloud ?? "public",
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(known.subscriptionId === undefined ? {} : { subscriptionId: known.subscriptionId }),
        origin,
    };
}

/** The credential that a layer holds, or undefined where it holds none. */
function credentialOf(
    layer: Layer,
    name: string,
    tenantId: string | undefined,
): CredentialDescription | undefined {
    const { fields } = layer;
    const { clientId } = fields;
    if (fields.useManagedIdentity)
        return { kind: "managedIdentity", ...(clientId === undefined ? {} : { clientId }) };
    const proof = proofOf(layer, name);
    if (proof !== undefined) {
        if (clientId === undefined) throw incomplete(layer, name, "clientId", proof.field);
        if (tenantId === undefined) throw incomplete(layer, name, "tenantId", proof.field);
        return proof.describe({ clientId, tenantId });
    }
    if (clientId === undefined) return undefined;
    if (fields.interactive)
        return { kind: "interactive", clientId, ...(tenantId === undefined ? {} : { tenantId }) };
    // Alone it names a user-assigned managed identity, as for DefaultAzureCredential; with a tenant a secret was meant.
    if (fields.tenantId === undefined) return { kind: "managedIdentity", clientId };
    throw incomplete(layer, name, "clientSecret", "clientId");
}

interface Proof {
    readonly field: keyof CredentialFields;
    describe(application: { clientId: string; tenantId: string }): CredentialDescription;
}

/** What proves to be the application: a secret, a certificate or an OIDC token. */
function proofOf(layer: Layer, name: string): Proof | undefined {
    const { fields } = layer;
    const oidc = oidcProof(fields);
    if (fields.useOidc) {
        if (oidc === undefined) throw incomplete(layer, name, "oidcToken", "useOidc");
        return oidc;
    }
    const { clientSecret, certificatePath, certificatePassword } = fields;
    if (clientSecret !== undefined) {
        return {
            field: "clientSecret",
            describe: (application) => ({ kind: "clientSecret", ...application, clientSecret }),
        };
    }
    if (certificatePath !== undefined) {
        return {
            field: "certificatePath",
            describe: (application) => ({
                kind: "clientCertificate",
                ...application,
                certificatePath,
                ...(certificatePassword === undefined ? {} : { certificatePassword }),
            }),
        };
    }
    // Where a token can be asked for says nothing by itself: every GitHub workflow with that right has it.
    return oidc?.field === "oidcRequestUrl" ? undefined : oidc;
}

function oidcProof(fields: CredentialFields): Proof | undefined {
    const { oidcToken, oidcTokenFilePath, oidcRequestUrl, oidcRequestToken } = fields;
    const proof = (field: keyof CredentialFields, token: OidcToken): Proof => ({
        field,
        describe: (application) => ({ kind: "oidc", ...application, token }),
    });
    if (oidcToken !== undefined) return proof("oidcToken", { from: "value", value: oidcToken });
    if (oidcTokenFilePath !== undefined)
        return proof("oidcTokenFilePath", { from: "file", path: oidcTokenFilePath });
    if (oidcRequestUrl === undefined || oidcRequestToken === undefined) return undefined;
    return proof("oidcRequestUrl", { from: "request", url: oidcRequestUrl, bearer: oidcRequestToken });
}

function incomplete(
    layer: Layer,
    name: string,
    missing: keyof CredentialFields,
    given: keyof CredentialFields,
): DataplaneError {
    return new DataplaneError(
        "CredentialInvalid",
        `The profile "${name}" is given in part: ${layer.nameOf(given)} is set, ${layer.nameOf(missing)} is not`,
        {
            argument: layer.nameOf(missing),
            remedy: `Set ${layer.nameOf(missing)}, or unset ${layer.nameOf(given)}.`,
        },
    );
}

function originOf(layer: Layer): string {
    const { useManagedIdentity, clientId } = layer.fields;
    return layer.nameOf(useManagedIdentity && clientId === undefined ? "useManagedIdentity" : "clientId");
}

/** Names of the clouds in Azure's tools, besides our own. */
const cloudAliases: Readonly<Record<string, CloudName>> = {
    public: "public",
    azurecloud: "public",
    azurepubliccloud: "public",
    usgovernment: "usgovernment",
    usgov: "usgovernment",
    azureusgovernment: "usgovernment",
    azureusgovernmentcloud: "usgovernment",
    china: "china",
    azurechinacloud: "china",
};

function cloudOf(layer: Layer): CloudName | undefined {
    const text = layer.fields.cloud;
    if (text === undefined) return undefined;
    const name = cloudAliases[text.trim().toLowerCase()] ?? cloudOfAuthority(text.trim());
    if (name !== undefined) return name;
    throw new DataplaneError(
        "CredentialInvalid",
        `${layer.nameOf("cloud")} names no cloud that is known: "${text}"`,
        {
            argument: layer.nameOf("cloud"),
            remedy: `Give one of ${Object.keys(clouds).join(", ")}.`,
        },
    );
}

function cloudOfAuthority(text: string): CloudName | undefined {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return Object.values(clouds).find((cloud) => new URL(cloud.authorityHost).host === url?.host)?.name;
}
