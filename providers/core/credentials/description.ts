import type { CloudName } from "../clouds.js";

/** Which credential it is, completely, before any is made. Holds secrets: in memory only, never shown. */
export type CredentialDescription =
    | ClientSecretDescription
    | ClientCertificateDescription
    | OidcDescription
    | ManagedIdentityDescription
    | InteractiveDescription
    | DefaultDescription;

interface Application {
    readonly tenantId: string;
    readonly clientId: string;
}

export interface ClientSecretDescription extends Application {
    readonly kind: "clientSecret";
    readonly clientSecret: string;
}

export interface ClientCertificateDescription extends Application {
    readonly kind: "clientCertificate";
    /** A PEM file with certificate and private key. */
    readonly certificatePath: string;
    readonly certificatePassword?: string;
}

/** Workload identity federation. */
export interface OidcDescription extends Application {
    readonly kind: "oidc";
    readonly token: OidcToken;
}

/** Where the OIDC token comes from: given, in a file that is kept fresh, or to be asked for (GitHub Actions). */
export type OidcToken =
    | { readonly from: "value"; readonly value: string }
    | { readonly from: "file"; readonly path: string }
    | { readonly from: "request"; readonly url: string; readonly bearer: string };

export interface ManagedIdentityDescription {
    readonly kind: "managedIdentity";
    /** Of a user-assigned identity; undefined: the machine's own. */
    readonly clientId?: string;
}

export interface InteractiveDescription {
    readonly kind: "interactive";
    readonly tenantId?: string;
    readonly clientId?: string;
}

/** `DefaultAzureCredential`: workload identity, managed identity, Azure CLI and other tools. */
export interface DefaultDescription {
    readonly kind: "default";
    readonly tenantId?: string;
    /** The browser is opened where nothing else is there. */
    readonly interactive: boolean;
}

/** What the settings and the environment say about one profile. */
export interface ChosenCredential {
    readonly credential: CredentialDescription;
    readonly cloud: CloudName;
    readonly tenantId?: string;
    readonly subscriptionId?: string;
    /** Where it was found, for people: `AZURE_SOURCE_CLIENT_ID and others`. No secret. */
    readonly origin: string;
}
