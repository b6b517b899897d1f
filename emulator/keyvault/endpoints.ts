/**
 * What one method on one path does, and what a caller needs for it:
 *
 * - the method;
 * - the path's segments without a leading slash: `:name`, `:version` and `:issuer` match anything, and `:version?` may
 *   be absent;
 * - the operation;
 * - the data action below `Microsoft.KeyVault/vaults/`: `secrets/getSecret/action`. Roles are checked at the object that
 *   `:name` stands for, else at the vault;
 * - the permission in an access policy's list of the collection: `get`;
 * - whether it changes something in the vault.
 */
export type Endpoint = readonly [
    method: string,
    path: string,
    operation: string,
    action: string,
    permission: string,
    effect: "read" | "write",
];
