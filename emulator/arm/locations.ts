/** An Azure region, as `/subscriptions/{id}/locations` lists it. */
export interface Location {
    readonly name: string;
    readonly displayName: string;
    /** Which regions share one is what backups of a Key Vault are bound to. */
    readonly geography: string;
}

/**
 * The regions of the local Azure: a few of the real ones.
 * Source: https://learn.microsoft.com/azure/reliability/regions-list
 */
export const locations: readonly Location[] = [
    { name: "westeurope", displayName: "West Europe", geography: "Europe" },
    { name: "northeurope", displayName: "North Europe", geography: "Europe" },
    { name: "germanywestcentral", displayName: "Germany West Central", geography: "Germany" },
    { name: "francecentral", displayName: "France Central", geography: "France" },
    { name: "swedencentral", displayName: "Sweden Central", geography: "Sweden" },
    { name: "uksouth", displayName: "UK South", geography: "United Kingdom" },
    { name: "eastus", displayName: "East US", geography: "United States" },
    { name: "eastus2", displayName: "East US 2", geography: "United States" },
    { name: "centralus", displayName: "Central US", geography: "United States" },
    { name: "westus", displayName: "West US", geography: "United States" },
    { name: "westus2", displayName: "West US 2", geography: "United States" },
    { name: "westus3", displayName: "West US 3", geography: "United States" },
    { name: "southeastasia", displayName: "Southeast Asia", geography: "Asia Pacific" },
    { name: "japaneast", displayName: "Japan East", geography: "Japan" },
    { name: "australiaeast", displayName: "Australia East", geography: "Australia" },
];

/** `West Europe` and `westeurope` are the same region; the short form is the one that ARM answers with. */
export function normalizeLocation(location: string): string {
    return location.replace(/\s+/g, "").toLowerCase();
}

/** Whether there is such a region here. `global` is the place of resources that have none. */
export function isLocation(name: string): boolean {
    return name === "global" || locations.some((location) => location.name === name);
}
