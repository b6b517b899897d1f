import type { ResourceType } from "../resource-type.js";
import { blobServices } from "./blob-services.js";
import { siteConfig } from "./site-config.js";
import { sites } from "./sites.js";
import { storageAccounts } from "./storage-accounts.js";
import { vaults } from "./vaults.js";

/** Types that Azure follows as long-running operations and that have no other peculiarity here. */
const slowTypes: readonly ResourceType[] = [
    {
        type: "Microsoft.DocumentDB/databaseAccounts",
        longRunning: "azure-async-operation",
        createdStatus: 200,
    },
    { type: "Microsoft.ContainerRegistry/registries", longRunning: "azure-async-operation" },
    { type: "Microsoft.Compute/disks", longRunning: "location" },
    { type: "Microsoft.Compute/virtualMachines", longRunning: "azure-async-operation" },
];

const types = new Map(
    [vaults, storageAccounts, blobServices, sites, siteConfig, ...slowTypes].map((type) => [
        type.type.toLowerCase(),
        type,
    ]),
);

/** What is particular about a type; undefined where the generic engine does all. */
export function particularType(type: string): ResourceType | undefined {
    return types.get(type.toLowerCase());
}
