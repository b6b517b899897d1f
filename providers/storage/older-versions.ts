import { ArmClient } from "../core/arm/client.js";
import type { Context, Loss, ResourceRef } from "../core/contract.js";
import { isDataplaneError } from "../core/errors.js";

/** https://learn.microsoft.com/rest/api/storagerp/blob-services/get-service-properties */
const serviceVersion = "2023-05-01";

/**
 * Tells, once for each container, that older versions of its blobs stay behind, where the account keeps any. ARM is asked
 * once; where it may not be asked, nothing is told.
 *
 * Needs `Microsoft.Storage/storageAccounts/blobServices/read`, which Reader has.
 */
export class OlderVersions {
    #kept: Promise<boolean> | undefined;
    /** Which item told it, so that another look at the same one tells it again. */
    readonly #toldBy = new Map<string, string>();

    constructor(
        private readonly resource: ResourceRef,
        private readonly context: Context,
    ) {}

    async losses(container: string, item: string): Promise<readonly Loss[]> {
        this.#kept ??= this.#ask();
        if (!(await this.#kept)) return [];
        const teller = this.#toldBy.get(container) ?? item;
        this.#toldBy.set(container, teller);
        if (teller !== item) return [];
        return [
            {
                item: container,
                what: "versions",
                reason: "the account keeps older versions of its blobs, which are not carried",
                minor: true,
            },
        ];
    }

    async #ask(): Promise<boolean> {
        const { id } = this.resource;
        if (id === undefined) return false;
        try {
            const service = await new ArmClient(this.context).get(
                `${id}/blobServices/default`,
                serviceVersion,
            );
            return service?.properties?.isVersioningEnabled === true;
        } catch (error) {
            if (!isDataplaneError(error) || error.code === "Cancelled") throw error;
            return false;
        }
    }
}
