import type { ServiceResponse } from "../contract.js";
import { ok, type Call } from "./call.js";
import { restoreConflict, type ObjectKind } from "./errors.js";
import type { ObjectVersion, VaultObject, VaultObjects } from "./objects.js";
import { invalidProperty, parseObject } from "./parameters.js";

/** What `backup` answers for every collection. */
export function backup<V extends ObjectVersion, D>(
    call: Call,
    kind: ObjectKind,
    objects: VaultObjects<V, D>,
): ServiceResponse {
    return ok({ value: call.backups.seal(kind, call.vault, objects.find(call.route.name)) });
}

/**
 * Puts the object of a backup into the vault, with the ids, dates and attributes it had. Throws 409 where the name is
 * that of any object, deleted ones too, and 400 for a blob that can't be opened here. `check` throws where the vault
 * can't have such an object.
 */
export async function restore<V extends ObjectVersion, D>(
    call: Call,
    kind: ObjectKind,
    objects: VaultObjects<V, D>,
    check: (object: VaultObject<V, D>) => void = () => undefined,
): Promise<VaultObject<V, D>> {
    const { value } = parseObject(await call.body());
    if (typeof value !== "string" || value === "") throw invalidProperty("value");
    const object = call.backups.open<V, D>(kind, call.vault, value);
    check(object);
    objects.checkFree(object.name);
    if (objects.has(object.name)) {
        const version = object.versions.at(-1)?.version ?? "";
        const id = `https://${call.url.hostname}/${call.route.collection}/${object.name}/${version}`;
        throw restoreConflict(kind, id);
    }
    objects.put(object);
    return object;
}
