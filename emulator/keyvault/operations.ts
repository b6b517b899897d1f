import type { ArmRecord, ServiceResponse } from "../contract.js";
import { describeVault } from "./authorization.js";
import { bundle, deletedFields, item } from "./bundles.js";
import { badParameter, forbidden, KeyVaultError, secretNotFound } from "./errors.js";
import { page } from "./paging.js";
import type { Operation, Route } from "./routes.js";
import { invalidProperty, parseParameters } from "./validation.js";
import {
    hasPurgeProtection,
    listPosition,
    retentionDays,
    type Secret,
    type SecretVersion,
    type VaultSecrets,
} from "./vault.js";

/** What an operation works on: a caller who may do it, the vault, and the vault's secrets. */
export interface Call {
    readonly vault: ArmRecord;
    readonly secrets: VaultSecrets;
    readonly route: Route;
    readonly url: URL;
    readonly body: () => Promise<Buffer>;
}

type Handler = (call: Call) => ServiceResponse | Promise<ServiceResponse>;

/** Carries an operation out. Throws `KeyVaultError`. */
export async function perform(call: Call): Promise<ServiceResponse> {
    return handlers[call.route.operation](call);
}

const handlers: Readonly<Record<Operation, Handler>> = {
    /**
     * `nbf` and `exp` do not matter here: "a secret's get operation will work for not-yet-valid and expired secrets".
     * Source: https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations
     */
    get(call) {
        const { secret, current } = call.secrets.version(call.route.name, call.route.version);
        if (!current.enabled)
            throw forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled");
        return ok(bundle(call.vault, call.url.hostname, secret, current, { value: true }));
    },

    async set(call) {
        const parameters = parseParameters(await call.body());
        if (parameters.value === undefined) throw invalidProperty("");
        refuseManaged(call);
        const secret = call.secrets.set(
            call.route.name,
            parameters.value,
            parameters,
            retentionDays(call.vault),
        );
        return ok(bundle(call.vault, call.url.hostname, secret, latest(secret), { value: true }));
    },

    async update(call) {
        const parameters = parseParameters(await call.body());
        refuseManaged(call);
        const { current } = call.secrets.version(call.route.name, call.route.version);
        const secret = call.secrets.update(call.route.name, current.version, parameters);
        return ok(bundle(call.vault, call.url.hostname, secret, current, { value: false }));
    },

    delete(call) {
        refuseManaged(call);
        return ok(deletedBundle(call, call.secrets.delete(call.route.name)));
    },

    list(call) {
        const secrets = call.secrets.all(false, retentionDays(call.vault));
        return ok(
            page(secrets, call.url, listPosition, (secret) =>
                item(call.vault, call.url.hostname, secret, latest(secret)),
            ),
        );
    },

    listVersions(call) {
        const secret = call.secrets.find(call.route.name);
        return ok(
            page(
                secret.versions,
                call.url,
                (version) => version.version,
                (version) => item(call.vault, call.url.hostname, secret, version, version.version),
            ),
        );
    },

    getDeleted(call) {
        return ok(deletedBundle(call, call.secrets.findDeleted(call.route.name, retentionDays(call.vault))));
    },

    listDeleted(call) {
        const secrets = call.secrets.all(true, retentionDays(call.vault));
        return ok(
            page(secrets, call.url, listPosition, (secret) => ({
                ...deletedFields(call.vault, call.url.hostname, secret),
                ...item(call.vault, call.url.hostname, secret, latest(secret)),
            })),
        );
    },

    recover(call) {
        const secret = call.secrets.recover(call.route.name, retentionDays(call.vault));
        return ok(bundle(call.vault, call.url.hostname, secret, latest(secret), { value: false }));
    },

    purge(call) {
        call.secrets.findDeleted(call.route.name, retentionDays(call.vault));
        if (hasPurgeProtection(call.vault)) {
            throw forbidden(
                'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault ' +
                    "service will automatically purge it after the retention period has passed.\r\nVault: " +
                    describeVault(call.vault),
                "ForbiddenByPolicy",
            );
        }
        call.secrets.purge(call.route.name, retentionDays(call.vault));
        return { status: 204 };
    },

    backup() {
        throw notImplemented("backup");
    },

    restore() {
        throw notImplemented("restore");
    },
};

function deletedBundle(call: Call, secret: Secret): object {
    return {
        ...deletedFields(call.vault, call.url.hostname, secret),
        ...bundle(call.vault, call.url.hostname, secret, latest(secret), { value: false }),
    };
}

/** The secret of a certificate is written through the certificate alone. */
function refuseManaged(call: Call): void {
    if (call.secrets.isManaged(call.route.name)) {
        throw forbidden(
            `Operation ${call.route.operation} is not allowed on a secret backing a certificate.`,
            "SecretManagedByKeyVault",
        );
    }
}

function latest(secret: Secret): SecretVersion {
    const version = secret.versions.at(-1);
    if (version === undefined) throw secretNotFound(secret.name);
    return version;
}

function ok(body: object): ServiceResponse {
    return { status: 200, body };
}

function notImplemented(operation: string): KeyVaultError {
    return new KeyVaultError(501, "NotImplemented", `The local Azure has no ${operation} of secrets.`);
}

/** 404 for a path that is none of the service's. */
export function noSuchOperation(method: string, url: URL): KeyVaultError {
    return method === "GET" || method === "PUT"
        ? new KeyVaultError(
              404,
              "NotFound",
              `The local Azure's Key Vault serves secrets only, not ${url.pathname}.`,
          )
        : badParameter(`Method ${method} is not allowed for ${url.pathname}.`);
}
