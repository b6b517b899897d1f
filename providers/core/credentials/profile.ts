import { createHash } from "node:crypto";
import type { TokenCredential } from "@azure/core-auth";
import { clouds, type Cloud } from "../clouds.js";
import type { Side } from "../contract.js";
import { canonicalJson } from "../json.js";
import { toDataplaneError } from "../http-errors.js";
import { buildCredential } from "./build.js";
import { chooseCredential } from "./choose.js";
import type { ChosenCredential } from "./description.js";
import type { CredentialSettings, Environment } from "./settings.js";

/** Who this process is on one side, and in which cloud. */
export interface Profile {
    readonly name: string;
    readonly credential: TokenCredential;
    readonly cloud: Cloud;
    readonly tenantId?: string;
    readonly subscriptionId?: string;
    /** For people, without secrets: `service principal 1234… of tenant 5678… (AZURE_SOURCE_CLIENT_ID)`. */
    readonly description: string;
    /** The application's or the identity's client ID, where it is known. */
    readonly clientId?: string;
    /** Tells profiles apart that are not the same caller in the same cloud. A digest: it gives nothing away. */
    readonly key: string;
}

export interface ProfileRequest {
    /** `source` and `target` unless a replica names others. */
    readonly name: string;
    readonly side: Side;
    readonly settings: CredentialSettings;
    /** Default: the process's environment. */
    readonly environment?: Environment;
}

/** By description: one credential keeps its tokens for all resources of a process. */
const built = new Map<string, Promise<TokenCredential>>();

/**
 * Finds and makes the credential of a profile; `chooseCredential` has the order.
 *
 * @throws DataplaneError `CredentialInvalid` where one is given in part or wrong. Whether it signs in shows only when
 * it is used.
 */
export async function resolveProfile(request: ProfileRequest): Promise<Profile> {
    const { name, side, settings, environment = process.env } = request;
    const chosen = chooseCredential(name, settings, environment);
    const cloud = clouds[chosen.cloud];
    const key = createHash("sha256")
        .update(canonicalJson({ cloud: chosen.cloud, ...chosen.credential }))
        .digest("hex");
    const clientId = "clientId" in chosen.credential ? chosen.credential.clientId : undefined;
    let credential: TokenCredential;
    try {
        credential = await cached(key, chosen, cloud);
    } catch (error) {
        throw toDataplaneError(error, { side, argument: chosen.origin });
    }
    return {
        name,
        credential,
        cloud,
        ...(chosen.tenantId === undefined ? {} : { tenantId: chosen.tenantId }),
        ...(chosen.subscriptionId === undefined ? {} : { subscriptionId: chosen.subscriptionId }),
        ...(clientId === undefined ? {} : { clientId }),
        description: describeCredential(chosen),
        key,
    };
}

function cached(key: string, chosen: ChosenCredential, cloud: Cloud): Promise<TokenCredential> {
    let credential = built.get(key);
    if (credential === undefined) {
        credential = buildCredential(chosen.credential, cloud);
        credential.catch(() => built.delete(key));
        built.set(key, credential);
    }
    return credential;
}

/** Who it is and where that was found, in words and without secrets. */
export function describeCredential({ credential, tenantId, origin }: ChosenCredential): string {
    const tenant = tenantId === undefined ? "" : ` of tenant ${tenantId}`;
    switch (credential.kind) {
        case "clientSecret":
            return `service principal ${credential.clientId}${tenant} with a secret (${origin})`;
        case "clientCertificate":
            return `service principal ${credential.clientId}${tenant} with a certificate (${origin})`;
        case "oidc":
            return `service principal ${credential.clientId}${tenant} with an OIDC token (${origin})`;
        case "managedIdentity":
            return `managed identity ${credential.clientId ?? "of this machine"} (${origin})`;
        case "interactive":
            return `interactive sign-in${tenant} (${origin})`;
        case "default":
            return `default credential${tenant} (${origin})`;
    }
}
