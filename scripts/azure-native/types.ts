/** How one type of `@pulumi/azure-native` stands in Resource Manager. */
export interface AzureType {
    /** As `@pulumi/azure-native` 3.28 uses it; in the docstring of each of its classes. */
    readonly apiVersion: string;
    /** The ID, with inputs in braces. `scope` may be a path of its own. */
    readonly path: string;
    /** The input that names it. */
    readonly name: string;
    /** What is appended to the logical name, or stands for it, where no name is given. Undefined: must be given. */
    readonly automaticName?: "suffix" | "guid";
    /**
     * Inputs that stand beside `properties` in the body. With `flattened`, all others stand in `properties`; without,
     * `properties` is an input and output by itself.
     */
    readonly top: readonly string[];
    readonly flattened: boolean;
    /** Inputs that can't be changed in place, beside those in the path. */
    readonly replaceOn: readonly string[];
    /** Inputs that Resource Manager knows by another name in `properties`. */
    readonly renamed?: Readonly<Record<string, string>>;
    /** Of an unflattened `properties`: what only Azure knows, unknown while previewing. */
    readonly computed?: readonly string[];
    /** A part of another resource, always there: read by POST to this action, made by PUT, emptied instead of deleted. */
    readonly settings?: { readonly read: string };
}

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

/** Those that the examples use, by their type token. */
const azureTypes: Readonly<Record<string, AzureType>> = {
    "azure-native:resources:ResourceGroup": {
        apiVersion: "2024-03-01",
        path: group,
        name: "resourceGroupName",
        automaticName: "suffix",
        top: ["location", "managedBy", "tags"],
        flattened: false,
        replaceOn: ["location"],
        computed: ["provisioningState"],
    },
    "azure-native:keyvault:Vault": {
        apiVersion: "2024-11-01",
        path: `${group}/providers/Microsoft.KeyVault/vaults/{vaultName}`,
        name: "vaultName",
        automaticName: "suffix",
        top: ["location", "tags", "properties"],
        flattened: false,
        replaceOn: ["location"],
        computed: ["vaultUri", "hsmPoolResourceId", "provisioningState"],
    },
    "azure-native:storage:StorageAccount": {
        apiVersion: "2024-01-01",
        path: `${group}/providers/Microsoft.Storage/storageAccounts/{accountName}`,
        name: "accountName",
        automaticName: "suffix",
        top: ["extendedLocation", "identity", "kind", "location", "sku", "tags"],
        flattened: true,
        replaceOn: ["location", "isHnsEnabled", "enableNfsV3", "dnsEndpointType"],
        renamed: { enableHttpsTrafficOnly: "supportsHttpsTrafficOnly", networkRuleSet: "networkAcls" },
    },
    "azure-native:authorization:RoleAssignment": {
        apiVersion: "2022-04-01",
        path: "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        name: "roleAssignmentName",
        automaticName: "guid",
        top: [],
        flattened: true,
        replaceOn: ["principalId", "roleDefinitionId", "principalType", "delegatedManagedIdentityResourceId"],
    },
    "azure-native:web:AppServicePlan": {
        apiVersion: "2025-05-01",
        path: `${group}/providers/Microsoft.Web/serverfarms/{name}`,
        name: "name",
        automaticName: "suffix",
        top: ["extendedLocation", "identity", "kind", "location", "sku", "tags"],
        flattened: true,
        replaceOn: ["location"],
    },
    "azure-native:web:WebApp": {
        apiVersion: "2025-05-01",
        path: `${group}/providers/Microsoft.Web/sites/{name}`,
        name: "name",
        automaticName: "suffix",
        top: ["extendedLocation", "identity", "kind", "location", "tags"],
        flattened: true,
        replaceOn: ["location"],
    },
    "azure-native:web:WebAppApplicationSettings": {
        apiVersion: "2025-05-01",
        path: `${group}/providers/Microsoft.Web/sites/{name}/config/appsettings`,
        name: "name",
        top: ["kind", "properties"],
        flattened: false,
        replaceOn: [],
        settings: { read: "list" },
    },
};

/** The type of a resource. Throws where this stand-in has none of that name. */
export function azureType(token: string): AzureType {
    const type = azureTypes[token];
    if (type !== undefined) return type;
    throw new Error(
        `The azure-native provider's stand-in for the local Azure knows no ${token}. It knows ` +
            `${Object.keys(azureTypes).join(", ")}; more go into scripts/azure-native/types.ts`,
    );
}

/** The inputs in a type's path, without those of the provider's own configuration. */
export function pathInputs(type: AzureType): string[] {
    return [...type.path.matchAll(/\{(\w+)\}/g)]
        .map((match) => match[1] ?? "")
        .filter((input) => input !== "subscriptionId");
}

/** Whether resources of the type have a location. */
export function hasLocation(type: AzureType): boolean {
    return type.top.includes("location");
}
