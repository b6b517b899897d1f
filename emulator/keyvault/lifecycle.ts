import type { ArmRecord, ServiceResponse } from "../contract.js";
import { deletedFields } from "./attributes.js";
import { ok, type Call } from "./call.js";
import { purgeProtected } from "./errors.js";
import { listPosition, type ObjectVersion, type VaultObject, type VaultObjects } from "./objects.js";
import { page } from "./paging.js";
import { describeVault, hasPurgeProtection, type VaultContents } from "./vault.js";

/** How a collection's objects are found and shown. */
export interface Presentation<V extends ObjectVersion, D> {
    objects(contents: VaultContents): VaultObjects<V, D>;
    /** An entry of a listing; `version` undefined: of objects, whose ids have no version. */
    item(vault: ArmRecord, host: string, object: VaultObject<V, D>, shown: V, version?: string): object;
    /** All that an answer about one version may show, without secret values. */
    bundle(vault: ArmRecord, host: string, object: VaultObject<V, D>, shown: V): object;
}

type Perform = (call: Call) => ServiceResponse;

/** The operations that are the same for secrets, keys and certificates. */
export interface Lifecycle {
    readonly list: Perform;
    readonly listVersions: Perform;
    readonly delete: Perform;
    readonly getDeleted: Perform;
    readonly listDeleted: Perform;
    readonly recover: Perform;
    readonly purge: Perform;
}

/** Makes the operations that are the same for all collections. They throw `KeyVaultError`. */
export function lifecycle<V extends ObjectVersion, D>(shape: Presentation<V, D>): Lifecycle {
    const of = (call: Call): VaultObjects<V, D> => shape.objects(call.objects);
    const deletedBundle = (call: Call, object: VaultObject<V, D>): object => ({
        ...deletedFields(call.vault, call.url.hostname, call.route.collection, object),
        ...shape.bundle(call.vault, call.url.hostname, object, of(call).latest(object)),
    });
    return {
        list: (call) =>
            ok(
                page(visible(of(call).all(false)), call.url, listPosition, (object) =>
                    shape.item(call.vault, call.url.hostname, object, of(call).latest(object)),
                ),
            ),
        listVersions(call) {
            const object = of(call).find(call.route.name);
            return ok(
                page(
                    object.versions,
                    call.url,
                    (version) => version.version,
                    (version) => shape.item(call.vault, call.url.hostname, object, version, version.version),
                ),
            );
        },
        delete: (call) => ok(deletedBundle(call, of(call).delete(call.route.name))),
        getDeleted: (call) => ok(deletedBundle(call, of(call).findDeleted(call.route.name))),
        listDeleted: (call) =>
            ok(
                page(visible(of(call).all(true)), call.url, listPosition, (object) => ({
                    ...deletedFields(call.vault, call.url.hostname, call.route.collection, object),
                    ...shape.item(call.vault, call.url.hostname, object, of(call).latest(object)),
                })),
            ),
        recover(call) {
            const object = of(call).recover(call.route.name);
            return ok(shape.bundle(call.vault, call.url.hostname, object, of(call).latest(object)));
        },
        purge(call) {
            of(call).findDeletedToChange(call.route.name);
            if (hasPurgeProtection(call.vault)) throw purgeProtected(describeVault(call.vault));
            of(call).purge(call.route.name);
            return { status: 204 };
        },
    };
}

/** Objects without a version (a certificate whose first one is being made) stand in no listing. */
function visible<V extends ObjectVersion, D>(objects: readonly VaultObject<V, D>[]): VaultObject<V, D>[] {
    return objects.filter(({ versions }) => versions.length > 0);
}
