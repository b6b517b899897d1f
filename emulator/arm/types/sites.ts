import { isObject, type ArmState } from "../context.js";
import { ArmError } from "../errors.js";
import type { ResourceType } from "../resource-type.js";
import { newResource } from "../new-resource.js";

const TYPE = "Microsoft.Web/sites";

/**
 * App Service and Functions apps.
 * Source: https://learn.microsoft.com/rest/api/appservice/web-apps/create-or-update
 */
export const sites: ResourceType = {
    type: TYPE,
    createdStatus: 200,
    prepare(draft, { state, existing }) {
        const { record } = draft;
        if (existing === undefined && isTaken(state, record.name)) {
            throw new ArmError(409, "Conflict", `Website with given name ${record.name} already exists.`);
        }
        const host = `${record.name.toLowerCase()}.azurewebsites.net`;
        const source = record.name.toLowerCase();
        saveSettings(state, record.id, record.location, record.tenantId, record.properties);
        record.kind ??= "app";
        record.properties = {
            enabled: true,
            httpsOnly: false,
            ...existing?.record.properties,
            ...record.properties,
            name: record.name,
            state: "Running",
            availabilityState: "Normal",
            usageState: "Normal",
            defaultHostName: host,
            hostNames: [host],
            enabledHostNames: [host, `${source}.scm.azurewebsites.net`],
            hostNameSslStates: [
                { name: host, sslState: "Disabled", hostType: "Standard" },
                { name: `${source}.scm.azurewebsites.net`, sslState: "Disabled", hostType: "Repository" },
            ],
            repositorySiteName: record.name,
            resourceGroup: record.id.split("/")[4],
            lastModifiedTimeUtc: new Date(state.clock.now()).toISOString(),
        };
    },
};

/** App settings and connection strings of `siteConfig` become the app's own; GET never shows them there. */
function saveSettings(
    state: ArmState,
    siteId: string,
    location: string,
    tenantId: string,
    properties: Record<string, unknown>,
): void {
    const config = properties.siteConfig;
    if (!isObject(config)) return;
    const { appSettings, connectionStrings, ...rest } = config;
    properties.siteConfig = rest;
    if (Array.isArray(appSettings)) {
        const entries = appSettings
            .filter(isObject)
            .map(({ name, value }) => [String(name), String(value)] as const);
        saveDictionary("appsettings", Object.fromEntries(entries));
    }
    if (Array.isArray(connectionStrings)) {
        const entries = connectionStrings
            .filter(isObject)
            .map(
                ({ name, connectionString, type }) =>
                    [String(name), { value: connectionString, type }] as const,
            );
        saveDictionary("connectionstrings", Object.fromEntries(entries));
    }

    function saveDictionary(name: string, values: Record<string, unknown>): void {
        const id = `${siteId}/config/${name}`;
        state.store.set(
            newResource(
                { id, name, type: `${TYPE}/config`, location, tenantId, properties: values },
                state.clock.now(),
            ),
        );
    }
}

function isTaken(state: ArmState, name: string): boolean {
    return (
        state.store.list((record) => record.type === TYPE && record.name.toLowerCase() === name.toLowerCase())
            .length > 0
    );
}
