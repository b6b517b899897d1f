import type { ServiceResponse } from "../../contract.js";
import { backup, restore } from "../backups.js";
import { ok, type Call, type Handler } from "../call.js";
import { forbidden, managedByCertificate } from "../errors.js";
import { lifecycle } from "../lifecycle.js";
import type { VaultObject } from "../objects.js";
import { invalidProperty } from "../parameters.js";
import type { SecretRoute } from "../routes.js";
import { secretBundle, secretItem } from "./bundles.js";
import type { SecretOperation } from "./endpoints.js";
import { parseParameters } from "./parameters.js";
import type { SecretVersion } from "./state.js";

type SecretCall = Call<SecretRoute>;

/** Carries an operation on secrets out. Throws `KeyVaultError`. */
export async function performSecret(call: SecretCall): Promise<ServiceResponse> {
    if (refusedForManaged.has(call.route.operation) && call.objects.secrets.isManaged(call.route.name)) {
        throw managedByCertificate("Secret", call.route.operation);
    }
    return handlers[call.route.operation](call);
}

/** What is done to the secret of a certificate through the certificate alone. */
const refusedForManaged: ReadonlySet<SecretOperation> = new Set<SecretOperation>([
    "set",
    "update",
    "delete",
    "recover",
    "purge",
    "backup",
]);

const shared = lifecycle<SecretVersion, undefined>({
    objects: (contents) => contents.secrets,
    item: secretItem,
    bundle: (vault, host, secret, shown) => secretBundle(vault, host, secret, shown, { value: false }),
});

const handlers: Readonly<Record<SecretOperation, Handler<SecretRoute>>> = {
    ...shared,

    /**
     * `nbf` and `exp` do not matter here: "a secret's get operation will work for not-yet-valid and expired secrets".
     * Source: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations
     */
    get(call) {
        const { object, current } = call.objects.secrets.version(call.route.name, call.route.version);
        if (!current.enabled)
            throw forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled");
        return answer(call, object, current, true);
    },

    async set(call) {
        const { value, parameters } = parseParameters(await call.body());
        if (value === undefined) throw invalidProperty("");
        const content = { enabled: true, ...parameters, value };
        const secret = call.objects.secrets.add(call.route.name, content);
        return answer(call, secret, call.objects.secrets.latest(secret), true);
    },

    async update(call) {
        const { parameters } = parseParameters(await call.body());
        const { object, current } = call.objects.secrets.version(call.route.name, call.route.version);
        call.objects.secrets.update(object.name, current.version, parameters);
        return answer(call, object, current, false);
    },

    backup: (call) => backup(call, "Secret", call.objects.secrets),

    async restore(call) {
        const secret = await restore(call, "Secret", call.objects.secrets);
        return answer(call, secret, call.objects.secrets.latest(secret), false);
    },
};

function answer(
    call: SecretCall,
    secret: VaultObject<SecretVersion>,
    shown: SecretVersion,
    value: boolean,
): ServiceResponse {
    return ok(secretBundle(call.vault, call.url.hostname, secret, shown, { value }));
}
