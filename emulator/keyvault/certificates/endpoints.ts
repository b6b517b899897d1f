import type { Endpoint } from "../endpoints.js";

/**
 * The operations on certificates; of those that match one path, the first counts.
 * Sources: paths and permissions https://learn.microsoft.com/rest/api/keyvault/certificates/operation-groups, data
 * actions https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 */
export const certificateEndpoints = [
    ["GET", "certificates", "list", "certificates/read", "list", "read"],
    ["POST", "certificates/restore", "restore", "certificates/restore/action", "restore", "write"],
    ["GET", "certificates/contacts", "getContacts", "certificatecontacts/write", "managecontacts", "read"],
    ["PUT", "certificates/contacts", "setContacts", "certificatecontacts/write", "managecontacts", "write"],
    [
        "DELETE",
        "certificates/contacts",
        "deleteContacts",
        "certificatecontacts/write",
        "managecontacts",
        "write",
    ],
    ["GET", "certificates/issuers", "listIssuers", "certificatecas/read", "listissuers", "read"],
    ["GET", "certificates/issuers/:issuer", "getIssuer", "certificatecas/read", "getissuers", "read"],
    ["PUT", "certificates/issuers/:issuer", "setIssuer", "certificatecas/write", "setissuers", "write"],
    ["PATCH", "certificates/issuers/:issuer", "updateIssuer", "certificatecas/write", "setissuers", "write"],
    [
        "DELETE",
        "certificates/issuers/:issuer",
        "deleteIssuer",
        "certificatecas/delete",
        "deleteissuers",
        "write",
    ],
    ["POST", "certificates/:name/create", "create", "certificates/create/action", "create", "write"],
    ["POST", "certificates/:name/import", "import", "certificates/import/action", "import", "write"],
    ["POST", "certificates/:name/backup", "backup", "certificates/backup/action", "backup", "read"],
    ["GET", "certificates/:name/policy", "getPolicy", "certificates/read", "get", "read"],
    ["PATCH", "certificates/:name/policy", "updatePolicy", "certificates/update/action", "update", "write"],
    ["GET", "certificates/:name/pending", "getPending", "certificates/read", "get", "read"],
    ["PATCH", "certificates/:name/pending", "updatePending", "certificates/update/action", "update", "write"],
    [
        "DELETE",
        "certificates/:name/pending",
        "deletePending",
        "certificates/update/action",
        "update",
        "write",
    ],
    ["POST", "certificates/:name/pending/merge", "merge", "certificates/create/action", "create", "write"],
    ["GET", "certificates/:name/versions", "listVersions", "certificates/read", "list", "read"],
    ["GET", "certificates/:name/:version?", "get", "certificates/read", "get", "read"],
    ["PATCH", "certificates/:name/:version?", "update", "certificates/update/action", "update", "write"],
    ["DELETE", "certificates/:name", "delete", "certificates/delete", "delete", "write"],
    ["GET", "deletedcertificates", "listDeleted", "certificates/read", "list", "read"],
    ["GET", "deletedcertificates/:name", "getDeleted", "certificates/read", "get", "read"],
    [
        "POST",
        "deletedcertificates/:name/recover",
        "recover",
        "certificates/recover/action",
        "recover",
        "write",
    ],
    ["DELETE", "deletedcertificates/:name", "purge", "certificates/purge/action", "purge", "write"],
] as const satisfies readonly Endpoint[];

/** What a request asks of the certificates of a vault. */
export type CertificateOperation = (typeof certificateEndpoints)[number][2];
