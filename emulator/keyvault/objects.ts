import { createHash, randomBytes } from "node:crypto";
import { beingDeleted, deletedNotFound, nameConflict, notFound, type ObjectKind } from "./errors.js";

/** What a version of any object has. Times are whole seconds since the epoch. */
export interface ObjectVersion {
    /** 32 hexadecimal digits. */
    version: string;
    tags?: Record<string, string>;
    enabled: boolean;
    nbf?: number;
    exp?: number;
    created: number;
    updated: number;
}

/** A version that is to be made: what the store itself fills in is absent. */
export type NewVersion<V extends ObjectVersion> = Omit<V, "version" | "created" | "updated">;

/** A secret, a key or a certificate with its versions, oldest first. `D`: what it has besides. */
export interface VaultObject<V extends ObjectVersion, D = undefined> {
    /** In the spelling it was first made with. */
    name: string;
    /** The secret or key of a certificate, kept by the service itself. */
    managed?: boolean;
    versions: V[];
    /** What belongs to all versions: a rotation policy, a certificate's policy. */
    details?: D;
    /** Set while it is deleted. Milliseconds since the epoch. */
    deletedAt?: number;
    /** Until then a deletion or a recovery is under way. Milliseconds since the epoch. */
    movingUntil?: number;
}

/** What a store of objects asks of its surroundings. */
export interface ObjectsContext {
    /** Milliseconds since the epoch. */
    now(): number;
    /** How long a deletion or a recovery takes, in milliseconds. */
    transition(): number;
    /** How long deleted objects are kept, in days. */
    retentionDays(): number;
}

/**
 * The objects of one kind in one vault: versions, soft deletion and the states between, without any HTTP. Names
 * compare without case, as in https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates.
 */
export class VaultObjects<V extends ObjectVersion, D = undefined> {
    readonly #objects = new Map<string, VaultObject<V, D>>();

    constructor(
        private readonly kind: ObjectKind,
        private readonly context: ObjectsContext,
    ) {}

    /** Every object that is there, or is deleted, in no particular order. */
    all(deleted: boolean): VaultObject<V, D>[] {
        this.#expire();
        return [...this.#objects.values()].filter(
            (object) => (object.deletedAt !== undefined) === deleted && !this.#isMoving(object),
        );
    }

    /** Throws 404 where it is absent, deleted or on its way back. */
    find(name: string): VaultObject<V, D> {
        const object = this.#objects.get(name.toLowerCase());
        if (object === undefined || object.deletedAt !== undefined || this.#isMoving(object)) {
            throw notFound(this.kind, name);
        }
        return object;
    }

    /** The version, or the latest. Throws 404. */
    version(
        name: string,
        version: string | undefined,
    ): { readonly object: VaultObject<V, D>; readonly current: V } {
        const object = this.find(name);
        const current =
            version === undefined
                ? object.versions.at(-1)
                : object.versions.find((candidate) => candidate.version === version.toLowerCase());
        if (current === undefined) throw notFound(this.kind, name, version);
        return { object, current };
    }

    /** The latest version of an object that was found. Throws 404 where it has none yet. */
    latest(object: VaultObject<V, D>): V {
        const version = object.versions.at(-1);
        if (version === undefined) throw notFound(this.kind, object.name);
        return version;
    }

    /** Whether an object of that name, deleted or not, is kept by the service for a certificate. */
    isManaged(name: string): boolean {
        return this.#objects.get(name.toLowerCase())?.managed === true;
    }

    /** Throws 409 where the name is taken by a deleted object, or one on its way there or back. */
    checkFree(name: string): void {
        this.#expire();
        const object = this.#objects.get(name.toLowerCase());
        if (object === undefined) return;
        const deleted = object.deletedAt !== undefined;
        if (this.#isMoving(object)) {
            throw nameConflict(
                this.kind,
                object.name,
                deleted ? "ObjectIsBeingDeleted" : "ObjectIsBeingRecovered",
            );
        }
        if (deleted) throw nameConflict(this.kind, object.name, "ObjectIsDeletedButRecoverable");
    }

    /**
     * Adds a version, which is then the latest; makes the object where there is none. Throws 409 where the name is
     * taken. `version`: its id, where it has to be that of another object; a new one otherwise.
     */
    add(name: string, content: NewVersion<V>, version = newVersionId()): VaultObject<V, D> {
        const object = this.ensure(name);
        const seconds = Math.floor(this.context.now() / 1000);
        // The store fills in exactly the members that `NewVersion` leaves out; the compiler can't add them up again.
        object.versions.push({ ...content, version, created: seconds, updated: seconds } as unknown as V);
        return object;
    }

    /** The object, made without any version where there is none. Throws 409 where the name is taken. */
    ensure(name: string): VaultObject<V, D> {
        this.checkFree(name);
        const key = name.toLowerCase();
        const object = this.#objects.get(key) ?? { name, versions: [] };
        this.#objects.set(key, object);
        return object;
    }

    /** Changes members of a version, or of the latest, and says when. Throws 404. */
    update(name: string, version: string | undefined, changes: Partial<NewVersion<V>>): V {
        const { current } = this.version(name, version);
        Object.assign(current, changes, { updated: Math.floor(this.context.now() / 1000) });
        return current;
    }

    /** Deletes softly. Throws 404. */
    delete(name: string): VaultObject<V, D> {
        const object = this.find(name);
        object.deletedAt = this.context.now();
        object.movingUntil = this.context.now() + this.context.transition();
        return object;
    }

    /** Throws 404 where it is not deleted, or not yet. */
    findDeleted(name: string): VaultObject<V, D> {
        this.#expire();
        const object = this.#objects.get(name.toLowerCase());
        if (object?.deletedAt === undefined || this.#isMoving(object)) {
            throw deletedNotFound(this.kind, name);
        }
        return object;
    }

    /** Brings a deleted object back, with all its versions. Throws 404, and 409 while it is being deleted. */
    recover(name: string): VaultObject<V, D> {
        const object = this.findDeletedToChange(name);
        delete object.deletedAt;
        object.movingUntil = this.context.now() + this.context.transition();
        return object;
    }

    /** The deleted object for whoever recovers or purges it. Throws 404, and 409 while it is being deleted. */
    findDeletedToChange(name: string): VaultObject<V, D> {
        const object = this.#objects.get(name.toLowerCase());
        if (object?.deletedAt !== undefined && this.#isMoving(object)) throw beingDeleted(this.kind);
        return this.findDeleted(name);
    }

    /** Removes a deleted object for good. Throws 404, and 409 while it is being deleted. */
    purge(name: string): void {
        this.findDeletedToChange(name);
        this.#objects.delete(name.toLowerCase());
    }

    /** Whether the name is that of any object, deleted ones too. */
    has(name: string): boolean {
        this.#expire();
        return this.#objects.has(name.toLowerCase());
    }

    /** Puts an object there as it is: from a backup or from `save`. */
    put(object: VaultObject<V, D>): void {
        this.#objects.set(object.name.toLowerCase(), object);
    }

    /** Everything, for `save`. */
    toJSON(): VaultObject<V, D>[] {
        return [...this.#objects.values()];
    }

    #isMoving(object: VaultObject<V, D>): boolean {
        return object.movingUntil !== undefined && object.movingUntil > this.context.now();
    }

    /** Deleted objects go for good when their retention is over. */
    #expire(): void {
        const before = this.context.now() - this.context.retentionDays() * 86_400_000;
        for (const [key, object] of this.#objects) {
            if (object.deletedAt !== undefined && object.deletedAt < before) this.#objects.delete(key);
        }
    }
}

/** The id of a new version, as the service makes them: 32 hexadecimal digits. */
export function newVersionId(): string {
    return randomBytes(16).toString("hex");
}

/**
 * Where an object stands in listings: by a hash, because the service promises no order and clients must not come to
 * rely on an alphabetical one.
 */
export function listPosition(object: { readonly name: string }): string {
    return createHash("sha256").update(object.name.toLowerCase()).digest("hex").slice(0, 32);
}
