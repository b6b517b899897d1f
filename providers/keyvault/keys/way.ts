import { isDataplaneError } from "../../core/errors.js";
import { boundaryBetween, type Boundary, type VaultPlace } from "../boundary.js";
import { foldName } from "../names.js";
import type { Hindrance } from "./losses.js";

/** Finds out, and remembers for a run, which keys of a source can be restored at the target from a backup. */
export class Ways {
    readonly #boundaries = new Map<string, Promise<Boundary>>();
    readonly #hindrances = new Map<string, Hindrance>();

    constructor(private readonly target: VaultPlace) {}

    /**
     * What keeps a backup from taking the key along; undefined where nothing is known to.
     *
     * @param name the key's at the source.
     * @param newName what it is to be called at the target.
     */
    async hindrance(source: VaultPlace, name: string, newName: string): Promise<Hindrance | undefined> {
        if (foldName(name) !== foldName(newName)) return "renamed";
        if ((await this.boundary(source)) === "different") return "elsewhere";
        return this.#hindrances.get(foldName(name));
    }

    /** Asks ARM once for each source. */
    boundary(source: VaultPlace): Promise<Boundary> {
        const key = source.resource.id ?? source.resource.reference;
        const known = this.#boundaries.get(key) ?? boundaryBetween(source, this.target);
        this.#boundaries.set(key, known);
        return known;
    }

    /**
     * Writes down what came to light only when it was tried.
     *
     * @param name the key's at the source.
     */
    remember(name: string, hindrance: Hindrance): void {
        this.#hindrances.set(foldName(name), hindrance);
    }
}

/** What the service said, where it refused to take a backup along. */
export function hindranceIn(error: unknown): Hindrance | undefined {
    return isDataplaneError(error) && error.detail.serviceCode?.startsWith("ServerSideCopyRefused") === true
        ? { refused: error.message }
        : undefined;
}
