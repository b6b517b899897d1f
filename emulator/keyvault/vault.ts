import { createHash, randomBytes } from "node:crypto";
import type { ArmRecord } from "../contract.js";
import { deletedSecretNotFound, nameConflict, secretNotFound } from "./errors.js";
import type { SecretParameters } from "./validation.js";

/** One version of a secret. Times are whole seconds since the epoch. */
export interface SecretVersion {
    version: string;
    value: string;
    contentType?: string;
    tags?: Record<string, string>;
    enabled: boolean;
    nbf?: number;
    exp?: number;
    created: number;
    updated: number;
}

/** A secret with its versions, oldest first. */
export interface Secret {
    /** In the spelling it was first set with. */
    name: string;
    /** The secret of a certificate, kept by the service itself. */
    managed?: boolean;
    versions: SecretVersion[];
    /** Set while it is deleted. Milliseconds since the epoch. */
    deletedAt?: number;
    /** Until then a deletion or a recovery is under way. Milliseconds since the epoch. */
    movingUntil?: number;
}

/** The secrets of one vault: the state behind the operations, without any HTTP. */
export class VaultSecrets {
    readonly #secrets = new Map<string, Secret>();

    /** `now`: milliseconds since the epoch. `transition`: how long a deletion or recovery takes, in milliseconds. */
    constructor(
        private readonly now: () => number,
        private readonly transition: () => number,
    ) {}

    /** Every secret that is there, or is deleted, in no particular order. */
    all(deleted: boolean, retentionDays: number): Secret[] {
        this.#expire(retentionDays);
        return [...this.#secrets.values()].filter(
            (secret) => (secret.deletedAt !== undefined) === deleted && !this.#isMoving(secret),
        );
    }

    /** Throws 404 where it is absent, deleted or on its way back. */
    find(name: string): Secret {
        const secret = this.#secrets.get(name.toLowerCase());
        if (secret === undefined || secret.deletedAt !== undefined || this.#isMoving(secret)) {
            throw secretNotFound(name);
        }
        return secret;
    }

    /** The version, or the latest. Throws 404. */
    version(name: string, version: string | undefined): { secret: Secret; current: SecretVersion } {
        const secret = this.find(name);
        const current =
            version === undefined
                ? secret.versions.at(-1)
                : secret.versions.find((candidate) => candidate.version === version.toLowerCase());
        if (current === undefined) throw secretNotFound(name, version);
        return { secret, current };
    }

    /** Whether it is the secret of a certificate. */
    isManaged(name: string): boolean {
        return this.#secrets.get(name.toLowerCase())?.managed === true;
    }

    /** Adds a version. Throws 409 where the name is taken by a deleted secret. */
    set(name: string, value: string, parameters: SecretParameters, retentionDays: number): Secret {
        this.#expire(retentionDays);
        const secret = this.#secrets.get(name.toLowerCase()) ?? { name, versions: [] };
        const deleted = secret.deletedAt !== undefined;
        if (this.#isMoving(secret)) {
            throw nameConflict(secret.name, deleted ? "ObjectIsBeingDeleted" : "ObjectIsBeingRecovered");
        }
        if (deleted) throw nameConflict(secret.name, "ObjectIsDeletedButRecoverable");
        const seconds = this.#seconds();
        const { value: _unused, enabled = true, ...rest } = parameters;
        secret.versions.push({
            version: randomBytes(16).toString("hex"),
            value,
            enabled,
            ...rest,
            created: seconds,
            updated: seconds,
        });
        this.#secrets.set(name.toLowerCase(), secret);
        return secret;
    }

    /** Changes what the parameters name; the value stays. */
    update(name: string, version: string | undefined, parameters: SecretParameters): Secret {
        const { secret, current } = this.version(name, version);
        const { value: _unused, ...rest } = parameters;
        Object.assign(current, rest, { updated: this.#seconds() });
        return secret;
    }

    delete(name: string): Secret {
        const secret = this.find(name);
        secret.deletedAt = this.now();
        secret.movingUntil = this.now() + this.transition();
        return secret;
    }

    /** Throws 404 where it is not deleted, or not yet. */
    findDeleted(name: string, retentionDays: number): Secret {
        this.#expire(retentionDays);
        const secret = this.#secrets.get(name.toLowerCase());
        if (secret?.deletedAt === undefined || this.#isMoving(secret)) throw deletedSecretNotFound(name);
        return secret;
    }

    recover(name: string, retentionDays: number): Secret {
        const secret = this.findDeleted(name, retentionDays);
        delete secret.deletedAt;
        secret.movingUntil = this.now() + this.transition();
        return secret;
    }

    purge(name: string, retentionDays: number): void {
        this.findDeleted(name, retentionDays);
        this.#secrets.delete(name.toLowerCase());
    }

    /** Everything, for `save`. */
    toJSON(): Secret[] {
        return [...this.#secrets.values()];
    }

    /** Puts a secret there as it is: for `load`, and for secrets that the service keeps itself. */
    restore(secret: Secret): void {
        this.#secrets.set(secret.name.toLowerCase(), secret);
    }

    #isMoving(secret: Secret): boolean {
        return secret.movingUntil !== undefined && secret.movingUntil > this.now();
    }

    #seconds(): number {
        return Math.floor(this.now() / 1000);
    }

    /** Deleted secrets go for good when their retention is over. */
    #expire(retentionDays: number): void {
        const before = this.now() - retentionDays * 86_400_000;
        for (const [key, secret] of this.#secrets) {
            if (secret.deletedAt !== undefined && secret.deletedAt < before) this.#secrets.delete(key);
        }
    }
}

/**
 * Where a secret stands in listings: by a hash, because the service promises no order and clients must not come to
 * rely on an alphabetical one.
 */
export function listPosition(secret: Secret): string {
    return createHash("sha256").update(secret.name.toLowerCase()).digest("hex").slice(0, 32);
}

/** Days that a deleted secret is kept: 7 to 90, 90 unless the vault says otherwise. */
export function retentionDays(vault: ArmRecord): number {
    const days = vault.properties.softDeleteRetentionInDays;
    return typeof days === "number" ? days : 90;
}

/** Whether deleted secrets can't be purged before their time. */
export function hasPurgeProtection(vault: ArmRecord): boolean {
    return vault.properties.enablePurgeProtection === true;
}
