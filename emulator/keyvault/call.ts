import type { ArmRecord, Principal, ServiceResponse } from "../contract.js";
import type { BackupBox } from "./backup-box.js";
import type { Route } from "./routes.js";
import type { KeyVaultSettings } from "./settings.js";
import type { VaultContents } from "./vault.js";

/** What an operation works on: a caller who may do it, the vault, and what the vault holds. */
export interface Call<R extends Route = Route> {
    readonly vault: ArmRecord;
    /** All three collections: a certificate makes a key and a secret beside itself. */
    readonly objects: VaultContents;
    readonly route: R;
    readonly url: URL;
    readonly principal: Principal;
    readonly settings: KeyVaultSettings;
    readonly backups: BackupBox;
    /** Milliseconds since the epoch. */
    now(): number;
    /** The body, read whole; later calls give the same. */
    body(): Promise<Buffer>;
}

/** What carries out one operation of a collection. Throws `KeyVaultError`. */
export type Handler<R extends Route> = (call: Call<R>) => ServiceResponse | Promise<ServiceResponse>;

/** 200 with that body. */
export function ok(body: object): ServiceResponse {
    return { status: 200, body };
}
