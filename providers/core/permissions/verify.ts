import type { Caller, OwnAccess } from "../access.js";
import type { ElementType, Mode, Permission, ResourceRef, Side } from "../contract.js";
import { isDataplaneError } from "../errors.js";
import { grantsAt, type PermissionSource } from "./grants.js";
import { judge, type Finding } from "./judge.js";
import { requiredPermissions } from "./required.js";

export interface VerifyRequest {
    readonly resource: ResourceRef;
    readonly side: Side;
    readonly mode: Mode;
    readonly element: ElementType;
    readonly options?: Readonly<Record<string, unknown>>;
    readonly arm: PermissionSource;
    /** Who asks. Default: nobody knows. */
    readonly caller?: () => Promise<Caller>;
    /** The ARM api-version of the resource's type: for element types with access of their own. */
    readonly apiVersion?: string;
    /** A harmless read of the data plane: asked where ARM tells nothing. Throws `AccessDenied` where it is refused. */
    readonly probe?: () => Promise<void>;
}

/** What became of the question whether a caller may do what a replica needs. */
export interface Verification {
    readonly caller: Caller;
    /** One for each permission that is needed; empty where ARM could not be asked. */
    readonly findings: readonly Finding[];
    /** What the service's own permission system says, where it decides instead of Azure's roles. */
    readonly own?: OwnAccess;
    /** The permissions that the caller lacks for sure. */
    readonly missing: readonly Permission[];
    /** Whether ARM could be asked. It can't where only a URL is known, or without a right to anything there. */
    readonly known: boolean;
    /** What the read of the data plane came to, where ARM could not be asked. */
    readonly probe?: "allowed" | "refused";
}

/**
 * Compares what an element type needs with what the caller has at the resource: role assignments with what is
 * inherited, conditions, deny assignments, and the service's own permission system where it has one.
 *
 * Needs nothing; what the caller may not read is not known. `Reader` at the resource tells all of it.
 *
 * @throws DataplaneError where ARM fails in another way than by refusing.
 */
export async function verifyPermissions(request: VerifyRequest): Promise<Verification> {
    const { resource, side, mode, element, options = {}, arm } = request;
    const caller = (await request.caller?.()) ?? {};
    const required = requiredPermissions(element, mode, options)[side];
    const id = resource.id;
    const [grants, own] =
        id === undefined
            ? [undefined, undefined]
            : await Promise.all([grantsAt(id, caller, arm), ownAccess(request, id, caller)]);
    if (id === undefined || grants === undefined) return askDataPlane(request, required, caller);
    const findings = required.map((permission) => judge(permission, grants, caller, id, own === undefined));
    const missing = findings
        .filter(({ standing }) => standing === "missing" || standing === "denied")
        .map(({ permission }) => permission);
    return { caller, findings, ...(own === undefined ? {} : { own }), missing, known: true };
}

async function ownAccess(
    { element, resource, side, mode, options = {}, arm, apiVersion }: VerifyRequest,
    id: string,
    caller: Caller,
): Promise<OwnAccess | undefined> {
    if (element.ownAccess === undefined || apiVersion === undefined) return undefined;
    try {
        const answer = await arm.get(id, apiVersion);
        if (answer === undefined) return undefined;
        return element.ownAccess({ resource, answer, side, mode, options, caller });
    } catch (error) {
        if (isDataplaneError(error, "AccessDenied")) return undefined;
        throw error;
    }
}

async function askDataPlane(
    { probe }: VerifyRequest,
    required: readonly Permission[],
    caller: Caller,
): Promise<Verification> {
    const unknown = { caller, findings: [], missing: [], known: false };
    if (probe === undefined) return unknown;
    try {
        await probe();
        return { ...unknown, probe: "allowed" };
    } catch (error) {
        // What does not get through tells nothing of permissions.
        if (isDataplaneError(error, "Firewall") || isDataplaneError(error, "Unreachable")) return unknown;
        if (!isDataplaneError(error, "AccessDenied")) throw error;
        return { ...unknown, missing: required, probe: "refused" };
    }
}
