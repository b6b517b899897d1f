import type { ResourceRef, Store } from "./contract.js";
import { DataplaneError, isDataplaneError } from "./errors.js";

/**
 * Whether this machine gets through to a data plane. `unreachable`: no answer came; `closed`: the resource lets this
 * network in as little as any that has no private endpoint; `blocked`: its firewall lets others in. A missing role is
 * none of these: then it answers.
 */
export type Reach = "reached" | "blocked" | "closed" | "unreachable";

/** What a read of the data plane came to. */
export interface ReachReport {
    readonly reach: Reach;
    /** What went wrong and what to do, where it was not reached. */
    readonly reason?: string;
}

/**
 * Reads the first page of a listing. Needs no right: a refusal is an answer too.
 *
 * @throws DataplaneError for what is neither: a wrong credential, a throttled service.
 */
export async function reachOf(store: Store, resource: ResourceRef): Promise<ReachReport> {
    try {
        for await (const _ of store.list()) break;
        return { reach: "reached" };
    } catch (error) {
        if (!isDataplaneError(error)) throw error;
        if (error.code === "AccessDenied") return { reach: "reached" };
        if (error.code !== "Firewall" && error.code !== "Unreachable") throw error;
        const { remedy } = error.detail;
        return {
            reach: isClosed(resource) ? "closed" : error.code === "Firewall" ? "blocked" : "unreachable",
            reason: remedy === undefined ? error.message : `${error.message}. ${remedy}`,
        };
    }
}

/** Says of an error of the network what to do about it, where the resource's own settings or the lack of them tell. */
export function explainReach(error: DataplaneError, resource: ResourceRef): DataplaneError {
    const remedy = remedyFor(error, resource);
    if (remedy === undefined) return error;
    const explained = new DataplaneError(error.code, error.message, {
        ...error.detail,
        remedy,
        cause: error.cause,
    });
    if (error.stack !== undefined) explained.stack = error.stack;
    return explained;
}

function remedyFor({ code, detail }: DataplaneError, resource: ResourceRef): string | undefined {
    if (code !== "Firewall" && code !== "Unreachable") return undefined;
    if (isClosed(resource)) {
        return (
            `No role is missing: public network access of ${resource.name} is disabled, so that it answers private ` +
            `endpoints only. Run where one is, and where its name resolves to it.`
        );
    }
    // With a status the service was reached, and failed.
    if (code === "Firewall" || detail.status !== undefined || detail.remedy !== undefined) return undefined;
    return (
        `This machine does not get through to ${resource.name}: where it has a private endpoint, run where that is, and ` +
        `where its name resolves to it; a role does not help.`
    );
}

/** https://learn.microsoft.com/azure/private-link/private-endpoint-overview: the resource types share the property. */
function isClosed({ publicNetworkAccess }: ResourceRef): boolean {
    return publicNetworkAccess?.toLowerCase() === "disabled";
}
