import type { Endpoint } from "../endpoints.js";

/**
 * The operations on secrets; of those that match one path, the first counts.
 * Sources: paths and permissions https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups, data actions
 * https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 */
export const secretEndpoints = [
    ["GET", "secrets", "list", "secrets/readMetadata/action", "list", "read"],
    ["POST", "secrets/restore", "restore", "secrets/restore/action", "restore", "write"],
    ["POST", "secrets/:name/backup", "backup", "secrets/backup/action", "backup", "read"],
    ["GET", "secrets/:name/versions", "listVersions", "secrets/readMetadata/action", "list", "read"],
    ["GET", "secrets/:name/:version?", "get", "secrets/getSecret/action", "get", "read"],
    ["PATCH", "secrets/:name/:version?", "update", "secrets/update/action", "set", "write"],
    ["PUT", "secrets/:name", "set", "secrets/setSecret/action", "set", "write"],
    ["DELETE", "secrets/:name", "delete", "secrets/delete", "delete", "write"],
    ["GET", "deletedsecrets", "listDeleted", "secrets/readMetadata/action", "list", "read"],
    ["GET", "deletedsecrets/:name", "getDeleted", "secrets/readMetadata/action", "get", "read"],
    ["POST", "deletedsecrets/:name/recover", "recover", "secrets/recover/action", "recover", "write"],
    ["DELETE", "deletedsecrets/:name", "purge", "secrets/purge/action", "purge", "write"],
] as const satisfies readonly Endpoint[];

/** What a request asks of the secrets of a vault. */
export type SecretOperation = (typeof secretEndpoints)[number][2];
