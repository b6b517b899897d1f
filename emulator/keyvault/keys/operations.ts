import type { JsonWebKey } from "node:crypto";
import type { ServiceResponse } from "../../contract.js";
import { backup, restore } from "../backups.js";
import { ok, type Call, type Handler } from "../call.js";
import { badParameter, managedByCertificate, notImplemented } from "../errors.js";
import { lifecycle } from "../lifecycle.js";
import type { NewVersion, VaultObject } from "../objects.js";
import type { KeyRoute } from "../routes.js";
import { isPremium } from "../vault.js";
import { keyBundle, keyId, keyItem } from "./bundles.js";
import { later } from "./durations.js";
import type { KeyOperation } from "./endpoints.js";
import { makeMaterial, shapeOf } from "./material.js";
import { checkType, parseCreate, parseImport, parseUpdate, type NewKey } from "./parameters.js";
import { defaultRotationPolicy, parseRotationPolicy } from "./rotation-policy.js";
import type { KeyDetails, KeyVersion, RotationPolicy } from "./state.js";
import { checkEnabled, use } from "./usage.js";

type KeyCall = Call<KeyRoute>;
type Key = VaultObject<KeyVersion, KeyDetails>;

/** Carries an operation on keys out. Throws `KeyVaultError`. */
export async function performKey(call: KeyCall): Promise<ServiceResponse> {
    if (refusedForManaged.has(call.route.operation) && call.objects.keys.isManaged(call.route.name)) {
        throw managedByCertificate("Key", call.route.operation);
    }
    return handlers[call.route.operation](call);
}

/** What is done to the key of a certificate through the certificate alone. */
const refusedForManaged: ReadonlySet<KeyOperation> = new Set<KeyOperation>([
    "create",
    "import",
    "update",
    "delete",
    "recover",
    "purge",
    "backup",
    "rotate",
    "setRotationPolicy",
]);

const shared = lifecycle<KeyVersion, KeyDetails>({
    objects: (contents) => contents.keys,
    item: keyItem,
    bundle: keyBundle,
});

const handlers: Readonly<Record<KeyOperation, Handler<KeyRoute>>> = {
    ...shared,

    get(call) {
        const { object, current } = call.objects.keys.version(call.route.name, call.route.version);
        checkEnabled(current, "get");
        return answer(call, object, current);
    },

    async create(call) {
        const key = parseCreate(await call.body(), isPremium(call.vault));
        call.objects.keys.checkFree(call.route.name);
        const material = await makeMaterial(key.shape, call.settings.keyMaterial);
        return add(call, version(key, material));
    },

    async import(call) {
        const { key, material } = parseImport(await call.body(), isPremium(call.vault));
        return add(call, version(key, material));
    },

    async update(call) {
        const { object, current } = call.objects.keys.version(call.route.name, call.route.version);
        const changes = parseUpdate(await call.body(), shapeOf(current.material).kty);
        if (changes.releasePolicy !== undefined) checkPolicyChange(current);
        call.objects.keys.update(object.name, current.version, changes);
        return answer(call, object, current);
    },

    backup: (call) => backup(call, "Key", call.objects.keys),

    async restore(call) {
        const key = await restore(call, "Key", call.objects.keys, ({ versions }) => {
            for (const { kty } of versions) checkType(kty, isPremium(call.vault));
        });
        return answer(call, key, call.objects.keys.latest(key));
    },

    getRotationPolicy(call) {
        const key = call.objects.keys.find(call.route.name);
        return ok(shownPolicy(call, key, key.details?.rotationPolicy));
    },

    async setRotationPolicy(call) {
        const key = call.objects.keys.find(call.route.name);
        const now = Math.floor(call.now() / 1000);
        const policy = parseRotationPolicy(await call.body(), key.details?.rotationPolicy, now);
        key.details = { ...key.details, rotationPolicy: policy };
        return ok(shownPolicy(call, key, policy));
    },

    /** Source: https://learn.microsoft.com/rest/api/keyvault/keys/rotate-key/rotate-key */
    async rotate(call) {
        const { object, current } = call.objects.keys.version(call.route.name, undefined);
        checkEnabled(current, "rotate");
        const material = await makeMaterial(shapeOf(current.material), call.settings.keyMaterial);
        const { version: _id, created: _created, updated: _updated, nbf: _nbf, exp: _exp, ...same } = current;
        const expiryTime = object.details?.rotationPolicy?.attributes.expiryTime;
        const exp = expiryTime === undefined ? undefined : later(Math.floor(call.now() / 1000), expiryTime);
        return add(call, { ...same, material, ...(exp === undefined ? {} : { exp }) });
    },

    encrypt: (call) => use(call, "encrypt"),
    decrypt: (call) => use(call, "decrypt"),
    wrapKey: (call) => use(call, "wrapKey"),
    unwrapKey: (call) => use(call, "unwrapKey"),
    sign: (call) => use(call, "sign"),
    verify: (call) => use(call, "verify"),

    release() {
        throw notImplemented("release", "keys");
    },
};

function version(key: NewKey, material: JsonWebKey): NewVersion<KeyVersion> {
    const { shape, ...rest } = key;
    return { enabled: true, ...rest, material, ...(shape.kty === "EC" ? { crv: shape.crv } : {}) };
}

function add(call: KeyCall, content: NewVersion<KeyVersion>): ServiceResponse {
    const key = call.objects.keys.add(call.route.name, content);
    return answer(call, key, call.objects.keys.latest(key));
}

/** Source: https://learn.microsoft.com/rest/api/keyvault/keys/create-key/create-key#keyreleasepolicy (`immutable`) */
function checkPolicyChange(key: KeyVersion): void {
    if (key.exportable !== true) {
        throw badParameter("AKV.SKR.1005: Non-exportable keys must not have release policy.");
    }
    if (key.releasePolicy?.immutable === true)
        throw badParameter("The release policy of the key is immutable.");
}

/** A policy that was never set has no id and no dates. */
function shownPolicy(call: KeyCall, key: Key, policy: RotationPolicy | undefined): object {
    if (policy === undefined) return defaultRotationPolicy;
    return { id: `${keyId(call.url.hostname, key.name)}/rotationpolicy`, ...policy };
}

function answer(call: KeyCall, key: Key, shown: KeyVersion): ServiceResponse {
    return ok(keyBundle(call.vault, call.url.hostname, key, shown));
}
