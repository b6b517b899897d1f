import { randomBytes } from "node:crypto";
import type { AccessKey } from "../../contract.js";
import { isObject, type ArmState } from "../context.js";
import { ArmError } from "../errors.js";
import type { ResourceType } from "../resource-type.js";
import type { StoredResource } from "../store.js";

const TYPE = "Microsoft.Storage/storageAccounts";
/** Source: https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name */
const NAME = /^[a-z0-9]{3,24}$/;
const services = ["dfs", "web", "blob", "queue", "table", "file"];

/**
 * Storage accounts.
 * Source: https://learn.microsoft.com/rest/api/storagerp/storage-accounts/create
 */
export const storageAccounts: ResourceType = {
    type: TYPE,
    longRunning: "location",
    createdStatus: 200,
    prepare(draft, { state, existing }) {
        const { record } = draft;
        if (!NAME.test(record.name)) throw nameInvalid(record.name);
        if (existing === undefined && isTaken(state, record.name)) {
            throw new ArmError(
                409,
                "StorageAccountAlreadyTaken",
                `The storage account named ${record.name} is already taken.`,
            );
        }
        const sku = record.sku ?? existing?.record.sku;
        const kind = record.kind ?? existing?.record.kind;
        if (sku === undefined || kind === undefined) {
            throw new ArmError(
                400,
                "InvalidRequestPropertyValue",
                "The values for required properties in the request body are null: 'sku', 'kind'.",
            );
        }
        record.kind = kind;
        record.sku = { ...sku, ...{ tier: sku.name.split("_")[0] } };
        const created = new Date(draft.createdAt).toISOString();
        record.accessKeys = existing?.record.accessKeys ?? ["key1", "key2"].map(newKey);
        record.properties = {
            accessTier: "Hot",
            // Source: https://azure.microsoft.com/updates/v2/default-public-access-update-azure-storage
            allowBlobPublicAccess: false,
            allowCrossTenantReplication: false,
            minimumTlsVersion: "TLS1_2",
            supportsHttpsTrafficOnly: true,
            networkAcls: {
                bypass: "AzureServices",
                defaultAction: "Allow",
                ipRules: [],
                virtualNetworkRules: [],
            },
            encryption: {
                keySource: "Microsoft.Storage",
                services: Object.fromEntries(
                    ["blob", "file"].map((service) => [
                        service,
                        { enabled: true, keyType: "Account", lastEnabledTime: created },
                    ]),
                ),
            },
            ...existing?.record.properties,
            ...record.properties,
            creationTime: created,
            keyCreationTime: { key1: created, key2: created },
            primaryEndpoints: endpoints(record.name, ""),
            primaryLocation: record.location,
            statusOfPrimary: "available",
            provisioningState: "Succeeded",
            ...(/RAGRS|RAGZRS/.test(sku.name)
                ? { secondaryEndpoints: endpoints(record.name, "-secondary") }
                : {}),
        };
    },
    actions: {
        listkeys: (_context, resource) => ({ status: 200, body: { keys: shownKeys(resource) } }),
        regeneratekey: async (context, resource) => {
            const { keyName } = await context.body();
            const keys = resource.record.accessKeys ?? [];
            const index = keys.findIndex((key) => key.keyName === keyName);
            if (index < 0) throw new ArmError(400, "InvalidValue", "The key name is not 'key1' or 'key2'.");
            keys[index] = newKey(String(keyName));
            const times = resource.record.properties.keyCreationTime;
            if (isObject(times)) times[String(keyName)] = new Date(context.state.clock.now()).toISOString();
            context.state.store.set(resource);
            return { status: 200, body: { keys: shownKeys(resource) } };
        },
    },
};

/** Whether an account of that name is in use anywhere: names are global. */
export function isTaken(state: ArmState, name: string): boolean {
    return (
        state.store.list((record) => record.type === TYPE && record.name === name.toLowerCase()).length > 0
    );
}

function newKey(keyName: string): AccessKey {
    return { keyName, value: randomBytes(64).toString("base64") };
}

function shownKeys({ record }: StoredResource): object[] {
    const times = record.properties.keyCreationTime;
    return (record.accessKeys ?? []).map(({ keyName, value }) => ({
        creationTime: isObject(times) ? times[keyName] : undefined,
        keyName,
        value,
        permissions: "Full",
    }));
}

function endpoints(name: string, suffix: string): Record<string, string> {
    return Object.fromEntries(
        services.map((service) => [
            service,
            // The zone of static web sites is part of their host.
            `https://${name}${suffix}.${service === "web" ? "z6.web" : service}.core.windows.net/`,
        ]),
    );
}

function nameInvalid(name: string): ArmError {
    return new ArmError(
        400,
        "AccountNameInvalid",
        `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in ` +
            "length and use numbers and lower-case letters only.",
    );
}
