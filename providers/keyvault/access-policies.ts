import type { Caller, Denial, OwnAccess, OwnAccessQuestion } from "../core/access.js";
import type { ResourceRef, Side } from "../core/contract.js";

/** What an access policy grants permissions on. */
export type PolicySubject = "secret" | "key" | "certificate";

/** Permissions in a vault with access policies instead of roles. */
export type PolicyPermissions = Partial<Record<PolicySubject, readonly string[]>>;

/**
 * The inner codes of a denial by access policies, where roles give `ForbiddenByRbac` and the firewall
 * `ForbiddenByFirewall`. The documentation has the second, vaults answer with the first as well:
 * https://learn.microsoft.com/azure/key-vault/general/rest-error-codes and
 * https://github.com/Azure/azure-libraries-for-net/issues/1067
 */
const deniedByPolicy: ReadonlySet<string> = new Set(["AccessDenied", "ForbiddenByPolicy"]);

/**
 * What to do about a denial by a vault's access policies: the permissions that the mode takes and the command that
 * grants them. Undefined where something else denied.
 *
 * The command replaces what the caller's policy grants on that subject, so all that is needed stands in it.
 */
export function explainPolicies(
    denial: Denial,
    permissions: Record<Side, PolicyPermissions>,
): string | undefined {
    if (!deniedByPolicy.has(denial.serviceCode ?? "")) return undefined;
    const needed = permissions[denial.side];
    return (
        `The vault uses access policies, and that of the identity lacks a permission (needed are ${wordsOf(needed)}):\n` +
        setPolicyCommand(denial.resource, denial.caller, needed)
    );
}

/** An entry of a vault's `accessPolicies`: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get#accesspolicyentry */
interface AccessPolicy {
    readonly objectId?: string;
    /** Then the policy is for users by way of this application only. */
    readonly applicationId?: string;
    readonly permissions?: Readonly<Record<string, readonly string[] | null>>;
}

/**
 * What a vault's access policies grant the caller, by ARM's answer for the vault; undefined where the vault has roles
 * instead. A policy may be for a group that the caller is in, which does not show here: what such a policy could grant
 * is not certain to be missing.
 */
export function policyAccess(
    { resource, answer, side, caller }: OwnAccessQuestion,
    permissions: Record<Side, PolicyPermissions>,
): OwnAccess | undefined {
    const { enableRbacAuthorization, accessPolicies } = answer.properties ?? {};
    if (enableRbacAuthorization === true) return undefined;
    const policies = Array.isArray(accessPolicies) ? (accessPolicies as AccessPolicy[]) : [];
    const own = policies.filter((policy) => isOf(policy, caller));
    const others = policies.filter((policy) => !own.includes(policy));
    const needed = entriesOf(permissions[side]);
    const lacking = needed.flatMap(([subject, names]) =>
        names.filter((name) => !grants(own, subject, name)).map((name) => ({ subject, name })),
    );
    const missing = needed.flatMap(([subject]) => {
        const names = lacking.filter((one) => one.subject === subject).map(({ name }) => name);
        return names.length === 0 ? [] : [`${subject}s: ${names.join(", ")}`];
    });
    // The command replaces what is granted on a subject: what is there already must stand in it.
    const kept = policies.filter(
        ({ objectId, applicationId }) =>
            objectId?.toLowerCase() === caller.objectId?.toLowerCase() && applicationId === undefined,
    );
    const wanted = Object.fromEntries(
        needed.map(([subject, names]) => [subject, [...new Set([...heldBy(kept, subject), ...names])]]),
    );
    return {
        missing,
        certain: lacking.some(({ subject, name }) => !grants(others, subject, name)),
        remedy:
            `the vault uses access policies, and lacking are ${missing.join("; ")}\n` +
            setPolicyCommand(resource, caller, wanted),
    };
}

function isOf({ objectId, applicationId }: AccessPolicy, caller: Caller): boolean {
    const ids = [caller.objectId, ...(caller.groups ?? [])].map((id) => id?.toLowerCase());
    const application = applicationId?.toLowerCase();
    return (
        objectId !== undefined &&
        ids.includes(objectId.toLowerCase()) &&
        (application === undefined || application === caller.clientId?.toLowerCase())
    );
}

/** `all` is all but `purge`, which no replica needs. */
function grants(policies: readonly AccessPolicy[], subject: PolicySubject, name: string): boolean {
    return heldBy(policies, subject).some((held) => held === "all" || held === name);
}

function heldBy(policies: readonly AccessPolicy[], subject: PolicySubject): string[] {
    return policies.flatMap(({ permissions }) =>
        (permissions?.[`${subject}s`] ?? []).map((name) => name.toLowerCase()),
    );
}

function entriesOf(permissions: PolicyPermissions): [PolicySubject, readonly string[]][] {
    return Object.entries(permissions) as [PolicySubject, readonly string[]][];
}

function wordsOf(permissions: PolicyPermissions): string {
    return entriesOf(permissions)
        .map(([subject, names]) => `${subject}s: ${names.join(", ")}`)
        .join("; ");
}

/** https://learn.microsoft.com/cli/azure/keyvault#az-keyvault-set-policy */
function setPolicyCommand(resource: ResourceRef, caller: Caller, permissions: PolicyPermissions): string {
    const flags = entriesOf(permissions).map(
        ([subject, names]) => `--${subject}-permissions ${names.join(" ")}`,
    );
    return `az keyvault set-policy --name ${resource.name} ${callerFlag(caller)} ${flags.join(" ")}`;
}

function callerFlag({ objectId, clientId }: Caller): string {
    if (objectId !== undefined) return `--object-id ${objectId}`;
    return clientId === undefined ? "--object-id <object ID of the identity>" : `--spn ${clientId}`;
}
