/** A resource type as a provider registers it. */
export interface RegisteredType {
    /** In the case that Azure answers with: `Microsoft.KeyVault/vaults`. */
    readonly type: string;
    /** These are accepted, and later ones. Undefined: any date, for types that the local Azure knows only by name. */
    readonly apiVersions?: readonly string[];
    /** Whether resources of it have a location and stand in lists of a subscription's resources. */
    readonly tracked: boolean;
}

/*
 * Source of the versions: the type aliases of @pulumi/azure-native 3.28, which are generated from
 * https://github.com/Azure/azure-rest-api-specs, and, for 2026-05-15, azure-mgmt-keyvault 14.1.0 on PyPI.
 */
const vaultVersions = [
    "2015-06-01",
    "2016-10-01",
    "2018-02-14",
    "2018-02-14-preview",
    "2019-09-01",
    "2020-04-01-preview",
    "2021-04-01-preview",
    "2021-06-01-preview",
    "2021-10-01",
    "2021-11-01-preview",
    "2022-02-01-preview",
    "2022-07-01",
    "2022-11-01",
    "2023-02-01",
    "2023-07-01",
    "2024-04-01-preview",
    "2024-11-01",
    "2024-12-01-preview",
    "2025-05-01",
    "2026-02-01",
    "2026-03-01-preview",
    "2026-05-15",
];
const storageVersions = [
    "2015-05-01-preview",
    "2015-06-15",
    "2016-01-01",
    "2016-05-01",
    "2016-12-01",
    "2017-06-01",
    "2017-10-01",
    "2018-02-01",
    "2018-03-01-preview",
    "2018-07-01",
    "2018-11-01",
    "2019-04-01",
    "2019-06-01",
    "2020-08-01-preview",
    "2021-01-01",
    "2021-02-01",
    "2021-04-01",
    "2021-06-01",
    "2021-08-01",
    "2021-09-01",
    "2022-05-01",
    "2022-09-01",
    "2023-01-01",
    "2023-04-01",
    "2023-05-01",
    "2024-01-01",
    "2025-01-01",
    "2025-06-01",
    "2025-08-01",
    "2026-04-01",
];
const webVersions = [
    "2015-08-01",
    "2016-08-01",
    "2018-02-01",
    "2018-11-01",
    "2019-08-01",
    "2020-06-01",
    "2020-09-01",
    "2020-10-01",
    "2020-12-01",
    "2021-01-01",
    "2021-01-15",
    "2021-02-01",
    "2021-03-01",
    "2022-03-01",
    "2022-09-01",
    "2023-01-01",
    "2023-12-01",
    "2024-04-01",
    "2024-11-01",
    "2025-03-01",
    "2025-05-01",
    "2026-03-01-preview",
    "2026-03-15",
    "2026-07-15",
];
const authorizationVersions = [
    "2015-07-01",
    "2017-10-01-preview",
    "2018-01-01-preview",
    "2018-07-01",
    "2018-09-01-preview",
    "2020-03-01-preview",
    "2020-04-01-preview",
    "2020-08-01-preview",
    "2020-10-01-preview",
    "2022-04-01",
    "2022-05-01-preview",
];

const registered: readonly RegisteredType[] = [
    { type: "Microsoft.KeyVault/vaults", apiVersions: vaultVersions, tracked: true },
    { type: "Microsoft.KeyVault/deletedVaults", apiVersions: vaultVersions, tracked: false },
    { type: "Microsoft.KeyVault/locations/deletedVaults", apiVersions: vaultVersions, tracked: false },
    { type: "Microsoft.KeyVault/checkNameAvailability", apiVersions: vaultVersions, tracked: false },
    { type: "Microsoft.Storage/storageAccounts", apiVersions: storageVersions, tracked: true },
    { type: "Microsoft.Storage/storageAccounts/blobServices", apiVersions: storageVersions, tracked: false },
    {
        type: "Microsoft.Storage/storageAccounts/blobServices/containers",
        apiVersions: storageVersions,
        tracked: false,
    },
    { type: "Microsoft.Storage/checkNameAvailability", apiVersions: storageVersions, tracked: false },
    { type: "Microsoft.Web/sites", apiVersions: webVersions, tracked: true },
    { type: "Microsoft.Web/sites/config", apiVersions: webVersions, tracked: false },
    { type: "Microsoft.Web/serverfarms", apiVersions: webVersions, tracked: true },
    { type: "Microsoft.Authorization/roleAssignments", apiVersions: authorizationVersions, tracked: false },
    { type: "Microsoft.Authorization/denyAssignments", apiVersions: authorizationVersions, tracked: false },
    { type: "Microsoft.Authorization/roleDefinitions", apiVersions: authorizationVersions, tracked: false },
    { type: "Microsoft.Authorization/permissions", apiVersions: authorizationVersions, tracked: false },
    { type: "Microsoft.ContainerRegistry/registries", tracked: true },
    { type: "Microsoft.DocumentDB/databaseAccounts", tracked: true },
    { type: "Microsoft.Sql/servers", tracked: true },
    { type: "Microsoft.Sql/servers/databases", tracked: true },
    { type: "Microsoft.ApiManagement/service", tracked: true },
    { type: "Microsoft.Compute/virtualMachines", tracked: true },
    { type: "Microsoft.Compute/disks", tracked: true },
    { type: "Microsoft.Compute/snapshots", tracked: true },
    { type: "Microsoft.Network/virtualNetworks", tracked: true },
    { type: "Microsoft.ManagedIdentity/userAssignedIdentities", tracked: true },
];

const byType = new Map(registered.map((entry) => [entry.type.toLowerCase(), entry]));

/** The type with its real case, where it is one that the local Azure knows. */
export function registeredType(type: string): RegisteredType | undefined {
    return byType.get(type.toLowerCase());
}

/** Resource providers with what they have registered; all are registered in every subscription. */
export function resourceProviders(): { namespace: string; types: RegisteredType[] }[] {
    const namespaces = new Map<string, RegisteredType[]>();
    for (const entry of registered) {
        const namespace = entry.type.split("/")[0] ?? "";
        namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), entry]);
    }
    return [...namespaces].map(([namespace, types]) => ({ namespace, types }));
}
