import type { ServiceResponse } from "../contract.js";
import type { ArmContext } from "./context.js";
import { isTaken as isAccountTaken } from "./types/storage-accounts.js";
import { isTaken as isVaultTaken } from "./types/vaults.js";

/**
 * Whether a vault or an account of that name could be made.
 * Source: https://learn.microsoft.com/rest/api/storagerp/storage-accounts/check-name-availability
 */
export async function checkNameAvailability(context: ArmContext): Promise<ServiceResponse> {
    const vault = context.path.namespace?.toLowerCase() === "microsoft.keyvault";
    const namespace = vault ? "Microsoft.KeyVault" : "Microsoft.Storage";
    context.authorize(`${namespace}/checkNameAvailability/${vault ? "read" : "action"}`, context.path.scope);
    const { name } = await context.body();
    const wanted = String(name);
    const { state } = context;
    const taken = vault
        ? isVaultTaken(state, wanted) || state.store.deletedVaults.has(wanted.toLowerCase())
        : isAccountTaken(state, wanted);
    if (!taken) return { status: 200, body: { nameAvailable: true } };
    const message = `The name '${wanted}' is already in use.`;
    return { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message } };
}
