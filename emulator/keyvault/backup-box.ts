import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { locations, normalizeLocation } from "../arm/locations.js";
import type { ArmRecord } from "../contract.js";
import { badParameter, type ObjectKind } from "./errors.js";
import type { ObjectVersion, VaultObject } from "./objects.js";

/**
 * "Key Vault does not support the ability to backup more than 500 past versions".
 * Source: https://learn.microsoft.com/azure/key-vault/general/backup#limitations
 */
const MAXIMUM_PAST_VERSIONS = 500;
const INITIALIZATION_VECTOR_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes and opens backups: opaque, authenticated, and good in vaults of the same tenant, subscription and geography
 * only, which is where the service can decrypt them. They hold the object itself, so they outlive the vault they are
 * from, but not this process: its key is nowhere else.
 * Source: https://learn.microsoft.com/azure/key-vault/general/backup#design-considerations
 */
export class BackupBox {
    readonly #secret = randomBytes(32);

    /** The backup of an object, in base64url. Throws 400 where it has too many versions. */
    seal<V extends ObjectVersion, D>(kind: ObjectKind, vault: ArmRecord, object: VaultObject<V, D>): string {
        if (object.versions.length - 1 > MAXIMUM_PAST_VERSIONS) {
            throw badParameter(
                `${kind} ${object.name} has more than ${String(MAXIMUM_PAST_VERSIONS)} past versions and cannot be ` +
                    "backed up.",
            );
        }
        const { name, managed, versions, details } = object;
        const vector = randomBytes(INITIALIZATION_VECTOR_BYTES);
        const cipher = createCipheriv("aes-256-gcm", this.#key(kind, vault), vector);
        const text = JSON.stringify({ name, managed, versions, details });
        const sealed = Buffer.concat([
            vector,
            cipher.update(text, "utf8"),
            cipher.final(),
            cipher.getAuthTag(),
        ]);
        return sealed.toString("base64url");
    }

    /** The object in a backup. Throws 400 where it is from elsewhere, of another kind, or no backup at all. */
    open<V extends ObjectVersion, D>(kind: ObjectKind, vault: ArmRecord, blob: string): VaultObject<V, D> {
        const sealed = Buffer.from(blob, "base64url");
        try {
            const vector = sealed.subarray(0, INITIALIZATION_VECTOR_BYTES);
            const decipher = createDecipheriv("aes-256-gcm", this.#key(kind, vault), vector);
            decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
            const text = Buffer.concat([
                decipher.update(sealed.subarray(INITIALIZATION_VECTOR_BYTES, -TAG_BYTES)),
                decipher.final(),
            ]);
            return JSON.parse(text.toString("utf8")) as VaultObject<V, D>;
        } catch {
            // The words of https://github.com/Azure/azure-cli/issues/8767; nothing of the blob is repeated.
            throw badParameter("Cannot decrypt backup blob.");
        }
    }

    #key(kind: ObjectKind, vault: ArmRecord): Buffer {
        const [, , subscription = ""] = vault.id.toLowerCase().split("/");
        const bound = [kind, vault.tenantId.toLowerCase(), subscription, geographyOf(vault.location)];
        return Buffer.from(hkdfSync("sha256", this.#secret, "", JSON.stringify(bound), 32));
    }
}

/** The geography of a region; a region that the local Azure does not list is one of its own. */
function geographyOf(location: string): string {
    const name = normalizeLocation(location);
    return locations.find((one) => one.name === name)?.geography ?? name;
}
