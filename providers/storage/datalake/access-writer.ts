import type { Item, Loss } from "../../core/contract.js";
import { statusOf } from "../../core/rest-error.js";
import { accessIn, accessLossName, sameAccess, unsettable, type AccessControl } from "./access-control.js";
import type { Lake } from "./lake.js";

/** Sets access control, or notes that it may not be set. */
export class AccessWriter {
    #mayBeSet = true;

    /** @param required the user wants it carried: that it may not be is an error. */
    constructor(
        private readonly lake: Lake,
        private readonly required: boolean,
    ) {}

    /** Whether it is worth trying. */
    get mayBeSet(): boolean {
        return this.#mayBeSet;
    }

    async set(name: string, access: AccessControl, etag: string | undefined): Promise<void> {
        await this.unlessDenied(() => this.lake.setAccess(name, access, etag));
    }

    /** Answers false where the right is not there. */
    async unlessDenied(change: () => Promise<void>): Promise<boolean> {
        if (!this.#mayBeSet) return false;
        try {
            await change();
            return true;
        } catch (error) {
            if (this.required || statusOf(error) !== 403) throw error;
            this.#mayBeSet = false;
            return false;
        }
    }
}

/** What the target's item lacks, where its access control is not what it was to be. */
export function accessShortfall(source: Item, target: Item): readonly Loss[] {
    const wanted = accessIn(source);
    if (wanted === undefined || source.losses?.some(({ what }) => what === accessLossName) === true)
        return [];
    return sameAccess(wanted, accessIn(target)) ? [] : [unsettable(source.name)];
}
