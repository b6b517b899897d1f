import type { Side } from "../contract.js";
import { resolveProfile, type Profile } from "../credentials/profile.js";
import type { CredentialSettings, Environment } from "../credentials/settings.js";
import { createHttpClient, type HttpClientOptions } from "../http/client.js";
import { ArmClient } from "./client.js";

/** Who asks ARM, of which side, and how requests are sent. */
export interface ArmSessionRequest {
    readonly side: Side;
    /** `source` and `target` unless something else is named. */
    readonly profileName: string;
    readonly settings: CredentialSettings;
    /** Default: the process's. */
    readonly environment?: Environment;
    readonly signal?: AbortSignal;
    /** For tests and special networks. */
    readonly http?: Pick<HttpClientOptions, "baseClient" | "timing" | "pacer" | "retry">;
}

/** ARM alone, without a store: nothing but reads gets through on either side. */
const readsOnly = {
    limits: { concurrency: 4, rates: [], requestsPerItem: () => ({}) },
    sourceReads: () => false,
    idempotent: () => false,
};

/**
 * Signs in and answers with a client of ARM, for questions about what there is.
 *
 * @throws DataplaneError `CredentialInvalid` where the profile is given in part or wrong.
 */
export async function openArm(request: ArmSessionRequest): Promise<{ arm: ArmClient; profile: Profile }> {
    const { side, profileName, settings, environment, signal, http } = request;
    const profile = await resolveProfile({
        name: profileName,
        side,
        settings,
        ...(environment === undefined ? {} : { environment }),
    });
    // The guard of the source: what only looks around needs no other right at the target either.
    const { client } = createHttpClient({
        side: "source",
        element: readsOnly,
        ...http,
        ...(signal === undefined ? {} : { signal }),
    });
    const arm = new ArmClient({
        credential: profile.credential,
        cloud: profile.cloud,
        httpClient: client,
        ...(signal === undefined ? {} : { signal }),
    });
    return { arm, profile };
}
