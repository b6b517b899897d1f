/** An Azure cloud: where its sign-in and its Resource Manager live. */
export interface Cloud {
    readonly name: CloudName;
    readonly authorityHost: string;
    readonly resourceManager: string;
    /** DNS suffixes of its data planes, to recognise a URL's cloud; never to build one. */
    readonly suffixes: readonly string[];
}

export type CloudName = "public" | "usgovernment" | "china";

/** Figures from https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure and its China counterpart. */
export const clouds: Readonly<Record<CloudName, Cloud>> = {
    public: {
        name: "public",
        authorityHost: "https://login.microsoftonline.com",
        resourceManager: "https://management.azure.com",
        suffixes: ["vault.azure.net", "core.windows.net", "storage.azure.net"],
    },
    usgovernment: {
        name: "usgovernment",
        authorityHost: "https://login.microsoftonline.us",
        resourceManager: "https://management.usgovcloudapi.net",
        suffixes: ["vault.usgovcloudapi.net", "core.usgovcloudapi.net"],
    },
    china: {
        name: "china",
        authorityHost: "https://login.chinacloudapi.cn",
        resourceManager: "https://management.chinacloudapi.cn",
        suffixes: ["vault.azure.cn", "core.chinacloudapi.cn"],
    },
};
