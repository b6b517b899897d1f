import type { Plugin } from "../core/contract.js";
import { blobs } from "./blobs.js";
import { containers } from "./containers.js";
import { directories } from "./datalake/directories.js";
import { files } from "./files/files.js";
import { shares } from "./files/shares.js";
import { prices } from "./prices.js";
import { queues } from "./queues/queues.js";
import { entities } from "./tables/entities.js";
import { tables } from "./tables/tables.js";
import { serviceProperties } from "./service-properties.js";

/** The services of a storage account whose endpoints ARM tells. */
const services = ["blob", "file", "queue", "table", "dfs", "web"] as const;

/** Azure Storage: https://learn.microsoft.com/azure/storage/common/storage-account-overview */
export const plugin: Plugin = {
    kind: "storage",
    title: "Azure Storage",
    resourceTypes: ["Microsoft.Storage/storageAccounts"],
    apiVersion: "2023-05-01",
    endpoints: (resource) => {
        const primary = resource.properties?.primaryEndpoints;
        if (typeof primary !== "object" || primary === null || Array.isArray(primary)) return {};
        const known = services.flatMap((service) => {
            const url = primary[service];
            // The dfs endpoint of an account without a hierarchical namespace has nothing that the blob endpoint lacks.
            const isUseful = service !== "dfs" || resource.properties?.isHnsEnabled === true;
            return typeof url === "string" && isUseful ? [[service, url] as const] : [];
        });
        return Object.fromEntries(known);
    },
    // The account's name is the first label, the service the next one or, with DNS zone endpoints, the one after it:
    // https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints
    fromUrl: (url) => {
        const [name = "", second, third] = url.hostname.split(".");
        const isRoot = url.pathname === "/" && url.search === "" && url.hash === "";
        const label = /^z\d+$/.test(second ?? "") ? third : second;
        const service = services.find((one) => one === label);
        if (url.protocol !== "https:" || !isRoot || service === undefined || name === "") return undefined;
        // Whoever gives this one says that there is a hierarchical namespace. The blobs are beside it, as for Azure's SDK.
        const beside = service === "dfs" ? { blob: `${url.origin.replace(".dfs.", ".blob.")}/` } : {};
        return { name, endpoints: { ...beside, [service]: `${url.origin}/` } };
    },
    prices,
    elements: {
        containers,
        directories,
        blobs,
        serviceProperties,
        queues,
        tables,
        entities,
        shares,
        files,
    },
};
