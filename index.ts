export * as keyvault from "./providers/keyvault/resources.js";
export * as storage from "./providers/storage/resources.js";
export {
    KeyVaultReplica,
    type KeyVaultContents,
    type KeyVaultReplicaArgs,
} from "./components/key-vault-replica.js";
export { StorageReplica, type StorageReplicaArgs } from "./components/storage-replica.js";
export { TenantReplica, type TenantReplicaArgs, type TenantScope } from "./components/tenant-replica.js";
export {
    DataplaneError,
    isDataplaneError,
    type ErrorCode,
    type ErrorDetail,
} from "./providers/core/errors.js";
export type { ReplicaArgs } from "./providers/core/pulumi/resource.js";
export type { PairingRule } from "./providers/core/inventory/pairing.js";
export type { Mode, Loss } from "./providers/core/contract.js";
export type { OnConflict, Summary } from "./providers/core/replication/types.js";
