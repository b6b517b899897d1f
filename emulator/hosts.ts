/**
 * Names that the certificate stands for. A wildcard covers one label, so each data plane of a storage account has its
 * own. Services that are not there yet are covered too, so that adding one needs no new certificate.
 * Source: https://learn.microsoft.com/azure/security/fundamentals/azure-domains
 */
export const certificateNames: readonly string[] = [
    "localhost",
    "local-azure.localhost",
    "login.microsoftonline.com",
    "login.windows.net",
    "sts.windows.net",
    "management.azure.com",
    "graph.microsoft.com",
    "*.vault.azure.net",
    "*.managedhsm.azure.net",
    "*.core.windows.net",
    ...["blob", "file", "queue", "table", "dfs", "web"].map((service) => `*.${service}.core.windows.net`),
    // Accounts with an Azure DNS zone endpoint: zones 00 to 50.
    // Source: https://learn.microsoft.com/azure/storage/common/storage-account-overview#azure-dns-zone-endpoints-preview
    ...Array.from({ length: 51 }, (_, zone) => `*.z${String(zone).padStart(2, "0")}.blob.storage.azure.net`),
    "*.azurecr.io",
    "*.documents.azure.com",
    "*.azurewebsites.net",
    "*.scm.azurewebsites.net",
    "*.azure-api.net",
    "*.management.azure-api.net",
    "*.database.windows.net",
];

/** Suffixes that must not go through a proxy: they are on this machine. In the syntax of `NO_PROXY`. */
export const proxyExceptions: readonly string[] = [
    "localhost",
    "127.0.0.1",
    ".azure.net",
    ".azure.com",
    ".windows.net",
    ".microsoftonline.com",
    "graph.microsoft.com",
    ".azurecr.io",
    ".azurewebsites.net",
    ".azure-api.net",
];

/** The host of the control service; it is no Azure name. */
export const controlHost = "local-azure.localhost";

/** Whether a host is one that the local Azure answers for. */
export function isAzureHost(host: string): boolean {
    const name = host.toLowerCase();
    return certificateNames.some((pattern) =>
        pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern,
    );
}
