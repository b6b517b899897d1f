import { ArmClient } from "../../core/arm/client.js";
import { DataplaneError, isDataplaneError } from "../../core/errors.js";
import type { VaultPlace } from "../boundary.js";

/** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get */
const vaultVersion = "2023-07-01";

/** Of the vaults of this run, as ARM is asked once for each. */
const known = new WeakMap<VaultPlace, Promise<string | undefined>>();

/**
 * Throws `InvalidItem` where a key is kept in hardware and the vault's pricing tier is known not to have any:
 * https://learn.microsoft.com/azure/key-vault/keys/about-keys#hsm-protected-keys
 *
 * Where the vault is only known by its URL or may not be read (`Microsoft.KeyVault/vaults/read`), the service's own
 * refusal tells.
 */
export async function checkTier(place: VaultPlace, name: string, keyType: string | undefined): Promise<void> {
    if (keyType?.endsWith("-HSM") !== true) return;
    const tier = known.get(place) ?? tierOf(place);
    known.set(place, tier);
    if (((await tier) ?? "premium") === "premium") return;
    throw new DataplaneError(
        "InvalidItem",
        `the key "${name}" is kept in hardware (${keyType}), which the target's pricing tier has not`,
        {
            item: name,
            side: "target",
            remedy: "Give the target the premium tier (sku), or leave the key out with `exclude`.",
        },
    );
}

async function tierOf({ resource, context }: VaultPlace): Promise<string | undefined> {
    if (resource.id === undefined) return undefined;
    try {
        const vault = await new ArmClient(context).get(resource.id, vaultVersion);
        const sku = vault?.properties?.sku;
        const tier = typeof sku === "object" && sku !== null && "name" in sku ? sku.name : undefined;
        return typeof tier === "string" ? tier.toLowerCase() : undefined;
    } catch (error) {
        if (isDataplaneError(error, "AccessDenied")) return undefined;
        throw error;
    }
}
