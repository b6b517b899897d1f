import type { Endpoint } from "../endpoints.js";

/**
 * The operations on keys; of those that match one path, the first counts.
 * Sources: paths and permissions https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups, data actions
 * https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 */
export const keyEndpoints = [
    ["GET", "keys", "list", "keys/read", "list", "read"],
    ["POST", "keys/restore", "restore", "keys/restore/action", "restore", "write"],
    ["POST", "keys/:name/create", "create", "keys/create/action", "create", "write"],
    ["POST", "keys/:name/backup", "backup", "keys/backup/action", "backup", "read"],
    ["POST", "keys/:name/rotate", "rotate", "keys/rotate/action", "rotate", "write"],
    [
        "GET",
        "keys/:name/rotationpolicy",
        "getRotationPolicy",
        "keyrotationpolicies/read",
        "getrotationpolicy",
        "read",
    ],
    [
        "PUT",
        "keys/:name/rotationpolicy",
        "setRotationPolicy",
        "keyrotationpolicies/write",
        "setrotationpolicy",
        "write",
    ],
    ["POST", "keys/:name/:version?/encrypt", "encrypt", "keys/encrypt/action", "encrypt", "read"],
    ["POST", "keys/:name/:version?/decrypt", "decrypt", "keys/decrypt/action", "decrypt", "read"],
    ["POST", "keys/:name/:version?/sign", "sign", "keys/sign/action", "sign", "read"],
    ["POST", "keys/:name/:version?/verify", "verify", "keys/verify/action", "verify", "read"],
    ["POST", "keys/:name/:version?/wrapkey", "wrapKey", "keys/wrap/action", "wrapkey", "read"],
    ["POST", "keys/:name/:version?/unwrapkey", "unwrapKey", "keys/unwrap/action", "unwrapkey", "read"],
    ["POST", "keys/:name/:version?/release", "release", "keys/release/action", "release", "read"],
    ["GET", "keys/:name/versions", "listVersions", "keys/read", "list", "read"],
    ["GET", "keys/:name/:version?", "get", "keys/read", "get", "read"],
    ["PATCH", "keys/:name/:version?", "update", "keys/update/action", "update", "write"],
    ["PUT", "keys/:name/:version?", "import", "keys/import/action", "import", "write"],
    ["DELETE", "keys/:name", "delete", "keys/delete", "delete", "write"],
    ["GET", "deletedkeys", "listDeleted", "keys/read", "list", "read"],
    ["GET", "deletedkeys/:name", "getDeleted", "keys/read", "get", "read"],
    ["POST", "deletedkeys/:name/recover", "recover", "keys/recover/action", "recover", "write"],
    ["DELETE", "deletedkeys/:name", "purge", "keys/purge/action", "purge", "write"],
] as const satisfies readonly Endpoint[];

/** What a request asks of the keys of a vault. */
export type KeyOperation = (typeof keyEndpoints)[number][2];
