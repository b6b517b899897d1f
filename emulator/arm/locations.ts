/** An Azure region, as `/subscriptions/{id}/locations` lists it. */
export interface Location {
    readonly name: string;
    readonly displayName: string;
}

/**
 * The regions of the local Azure: a few of the real ones.
 * Source: https://learn.microsoft.com/azure/reliability/regions-list
 */
export const locations: readonly Location[] = [
    { name: "westeurope", displayName: "West Europe" },
    { name: "northeurope", displayName: "North Europe" },
    { name: "germanywestcentral", displayName: "Germany West Central" },
    { name: "francecentral", displayName: "France Central" },
    { name: "swedencentral", displayName: "Sweden Central" },
    { name: "uksouth", displayName: "UK South" },
    { name: "eastus", displayName: "East US" },
    { name: "eastus2", displayName: "East US 2" },
    { name: "centralus", displayName: "Central US" },
    { name: "westus", displayName: "West US" },
    { name: "westus2", displayName: "West US 2" },
    { name: "westus3", displayName: "West US 3" },
    { name: "southeastasia", displayName: "Southeast Asia" },
    { name: "japaneast", displayName: "Japan East" },
    { name: "australiaeast", displayName: "Australia East" },
];

/** `West Europe` and `westeurope` are the same region; the short form is the one that ARM answers with. */
export function normalizeLocation(location: string): string {
    return location.replace(/\s+/g, "").toLowerCase();
}

/** Whether there is such a region here. `global` is the place of resources that have none. */
export function isLocation(name: string): boolean {
    return name === "global" || locations.some((location) => location.name === name);
}
