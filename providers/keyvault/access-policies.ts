import type { Denial, Side } from "../core/contract.js";

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
    const needed = Object.entries(permissions[denial.side]);
    const wanted = needed.map(([subject, names]) => `${subject}s: ${names.join(", ")}`).join("; ");
    const flags = needed.map(([subject, names]) => `--${subject}-permissions ${names.join(" ")}`).join(" ");
    const caller =
        denial.assignee === undefined
            ? "--object-id <object ID of the identity>"
            : `--spn ${denial.assignee}`;
    return (
        `The vault uses access policies, and that of the identity lacks a permission (needed are ${wanted}):\n` +
        `az keyvault set-policy --name ${denial.resource.name} ${caller} ${flags}`
    );
}
