import type { ServiceResponse } from "../contract.js";
import type { ArmContext } from "./context.js";
import { ArmError, armErrors } from "./errors.js";
import { page } from "./paging.js";
import type { DeletedVault } from "./store.js";

const TYPE = "Microsoft.KeyVault/deletedVaults";

/**
 * Vaults that were deleted and can be recovered or purged.
 * Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted
 */
export function handleDeletedVaults(context: ArmContext): ServiceResponse {
    const { method, path, state } = context;
    const vaults = [...state.store.deletedVaults.values()].filter(
        ({ resource }) => resource.record.id.split("/")[2]?.toLowerCase() === path.subscriptionId,
    );
    const [location, name] = path.names;
    if (method === "GET" && name === undefined) {
        context.authorize(`${TYPE}/read`, path.scope);
        const entries = vaults.map((vault) => ({ id: vault.resource.record.id, body: show(vault) }));
        return { status: 200, body: page(entries, context.url, state.pageSize) };
    }
    const vault = vaults.find(
        ({ resource }) =>
            resource.record.name.toLowerCase() === name?.toLowerCase() &&
            resource.record.location === location,
    );
    const purge = method === "POST" && path.types.at(-1)?.toLowerCase() === "purge";
    if (method !== "GET" && !purge) throw armErrors.methodNotAllowed(method);
    context.authorize(
        `Microsoft.KeyVault/locations/deletedVaults/${purge ? "purge/action" : "read"}`,
        path.path,
    );
    if (vault === undefined) {
        throw new ArmError(
            404,
            "DeletedVaultNotFound",
            `The deleted vault '${name ?? ""}' could not be found.`,
        );
    }
    if (!purge) return { status: 200, body: show(vault) };
    if (vault.resource.record.properties.enablePurgeProtection === true) {
        throw new ArmError(
            409,
            "DeletedVaultPurge",
            `Operation 'DeletedVaultPurge' is not allowed because purge protection is enabled for this vault. Key Vault ` +
                "service will automatically purge it after the retention period has passed.",
        );
    }
    state.store.deletedVaults.delete(vault.resource.record.name.toLowerCase());
    const base = `/subscriptions/${path.subscriptionId ?? ""}/providers/Microsoft.KeyVault/locations/${location ?? ""}`;
    const finish = (): ServiceResponse => ({ status: 200 });
    return {
        status: 202,
        headers: state.operations.begin(
            "location",
            `${base}/operationResults`,
            context.apiVersion,
            state.clock.now(),
            finish,
        ),
    };
}

function show({ resource, deletedAt, purgeAt }: DeletedVault): object {
    const { id, name, location, tags, properties } = resource.record;
    const subscription = id.split("/").slice(0, 3).join("/");
    return {
        id: `${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
        name,
        type: TYPE,
        properties: {
            vaultId: id,
            location,
            ...(tags === undefined ? {} : { tags }),
            deletionDate: new Date(deletedAt).toISOString(),
            scheduledPurgeDate: new Date(purgeAt).toISOString(),
            ...(properties.enablePurgeProtection === true ? { purgeProtectionEnabled: true } : {}),
        },
    };
}
