import { ArmClient } from "./arm/client.js";
import type { ElementType, Mode, Plugin, ResourceRef, Side, Store } from "./contract.js";
import { identifyCaller } from "./permissions/caller.js";
import { explainerOfDenied, type DeniedContext } from "./permissions/denied.js";
import type { KeptAnswers } from "./permissions/kept-answers.js";
import { verifyPermissions, type Verification } from "./permissions/verify.js";
import { fallBackToOwnTenant } from "./credentials/challenge-tenant.js";
import { resolveProfile, type Profile } from "./credentials/profile.js";
import type { CredentialSettings, Environment } from "./credentials/settings.js";
import { guardStore } from "./guarded-store.js";
import { createHttpClient, type HttpClientOptions } from "./http/client.js";
import type { Meter } from "./http/meter.js";
import { toDataplaneError } from "./http-errors.js";
import { explainReach, reachOf, type ReachReport } from "./reach.js";
import { ResourceCache } from "./resource-cache.js";

/** One element type of one resource, to be opened on one side. */
export interface OpenRequest {
    readonly plugin: Plugin;
    readonly element: ElementType;
    /** ARM resource ID or data-plane URL. */
    readonly reference: string;
    readonly side: Side;
    readonly mode: Mode;
    /** `source` and `target` unless a replica names others. */
    readonly profileName: string;
    readonly settings: CredentialSettings;
    /** Default: the process's. */
    readonly environment?: Environment;
    /** The element type's own arguments. Default: none. */
    readonly options?: Readonly<Record<string, unknown>>;
    readonly signal?: AbortSignal;
    /** One sentence for errors about access, after what to assign. */
    readonly accessHint?: string;
    /** For tests and special networks: what sends, and how long retries go on. */
    readonly http?: Pick<HttpClientOptions, "baseClient" | "timing" | "pacer" | "retry">;
}

/** An open store and what it was opened with. */
export interface OpenedStore {
    readonly resource: ResourceRef;
    /** Its failures are all `DataplaneError`s that name side, resource and item. */
    readonly store: Store;
    readonly profile: Profile;
    /** The requests of this store, those that found the resource included. */
    readonly meter: Meter;
    /**
     * Whether the caller may do all that the mode needs there, before anything is done. Reads in ARM, and the first page
     * of the listing where ARM tells nothing.
     *
     * @param kept what was asked of ARM already. Default: all is asked anew.
     */
    verify(kept?: KeptAnswers): Promise<Verification>;
    /** Whether this machine gets through to the data plane, by the first page of the listing. */
    reach(): Promise<ReachReport>;
}

const resources = new ResourceCache();

/**
 * Signs in, finds the resource and opens a store on it. Credentials and found resources are kept for the process;
 * failures are not.
 *
 * Needs the resource type's `read` action in ARM for an ARM resource ID; what the store needs shows when it is used.
 *
 * @throws DataplaneError with side and resource; `NotFound` only where ARM says so.
 */
export async function openStore(request: OpenRequest): Promise<OpenedStore> {
    const {
        plugin,
        element,
        reference,
        side,
        mode,
        options = {},
        signal = new AbortController().signal,
    } = request;
    try {
        // In template mode no content is read, whatever was acknowledged.
        const session = await startSession(mode === "template" ? { ...request, options: {} } : request);
        const resource = await resources.resolve({ ...session, reference, plugin, signal, argument: side });
        const { profile, httpClient, meter } = session;
        const { cloud } = profile;
        const credential = fallBackToOwnTenant(profile.credential);
        const store = await element.open(resource, {
            side,
            mode,
            credential,
            cloud,
            httpClient,
            signal,
            options,
        });
        const arm = new ArmClient({ credential, cloud, httpClient, signal });
        const denied = deniedContext(request, resource, profile, arm);
        const detail = { side, resource: resource.id ?? resource.reference };
        const explainDenied = explainerOfDenied(denied);
        const guarded = guardStore(store, detail, (error) => explainDenied(explainReach(error, resource)));
        return {
            resource,
            store: guarded,
            profile,
            meter,
            verify: (kept) =>
                verifyPermissions({
                    ...denied,
                    ...(kept === undefined ? {} : { arm: kept.source(arm, profile.key) }),
                    probe: () => listFirst(guarded),
                }),
            reach: () => reachOf(guarded, resource),
        };
    } catch (error) {
        throw toDataplaneError(error, { side, resource: reference.trim() });
    }
}

/** Which target a replica has and where its data planes are; opens no store. Needs and throws as `openStore`. */
export async function resolveTarget(
    request: Omit<OpenRequest, "side" | "mode" | "options" | "accessHint">,
): Promise<ResourceRef> {
    const { plugin, reference, signal = new AbortController().signal } = request;
    try {
        const session = await startSession({ ...request, side: "target" });
        return await resources.resolve({ ...session, reference, plugin, signal, argument: "target" });
    } catch (error) {
        throw toDataplaneError(error, { side: "target", resource: reference.trim() });
    }
}

async function startSession(request: Omit<OpenRequest, "mode">) {
    const { element, side, profileName, settings, environment, options, signal, http } = request;
    const profile = await resolveProfile({
        name: profileName,
        side,
        settings,
        ...(environment === undefined ? {} : { environment }),
    });
    const { client, meter } = createHttpClient({
        side,
        element,
        ...(options === undefined ? {} : { options }),
        ...http,
        ...(signal === undefined ? {} : { signal }),
    });
    return { profile, httpClient: client, meter };
}

/** The least that can be read: one page of the listing, metadata only. */
async function listFirst(store: Store): Promise<void> {
    for await (const _ of store.list()) return;
}

function deniedContext(
    request: OpenRequest,
    resource: ResourceRef,
    profile: Profile,
    arm: ArmClient,
): DeniedContext {
    const { plugin, element, side, mode, options = {}, accessHint } = request;
    const { credential, cloud, clientId } = profile;
    return {
        resource,
        element,
        side,
        mode,
        options,
        arm,
        apiVersion: plugin.apiVersion,
        caller: () => identifyCaller(credential, `${cloud.resourceManager}/.default`, clientId),
        ...(accessHint === undefined ? {} : { hint: accessHint }),
    };
}
