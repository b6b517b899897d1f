import type { BuiltInRole, Permission, Side } from "../../core/contract.js";

/** Ids from https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage */
const roles = {
    reader: { name: "Storage Queue Data Reader", id: "19e7f393-937e-4f77-808e-94535e297925" },
    contributor: { name: "Storage Queue Data Contributor", id: "974c5e8b-45b9-4653-ba55-5f855dd0fb88" },
    accountContributor: {
        name: "Storage Account Contributor",
        id: "17d1049b-9a84-46fb-8f53-869881c3d3ab",
    },
} as const satisfies Record<string, BuiltInRole>;

/** The least built-in role that reads and sets stored access policies of queues: no role for data does. */
export const policyRole = roles.accountContributor.name;

/**
 * Which operation needs which action:
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-queue-service-operations
 */
const queue = "Microsoft.Storage/storageAccounts/queueServices/queues";
const message = `${queue}/messages`;

/**
 * `acl`: stored access policies must be carried, not only where the right is there. `messages`: they are copied. The
 * processor of messages may not let one be seen again, so it takes the contributor at both sides.
 */
export function queuePermissions(acl: boolean, messages: boolean): Record<Side, readonly Permission[]> {
    const receiving = (purpose: string): readonly Permission[] => {
        const dataActions = [`${message}/process/action`, `${message}/write`];
        return messages ? [{ actions: [], dataActions, role: roles.contributor, purpose }] : [];
    };
    const policies = (actions: readonly string[], purpose: string): readonly Permission[] =>
        acl ? [{ actions, dataActions: [], role: roles.accountContributor, purpose }] : [];
    return {
        source: [
            {
                actions: [`${queue}/read`],
                dataActions: [],
                role: roles.reader,
                purpose: "list queues and their metadata",
            },
            ...policies([`${queue}/getAcl/action`], "read stored access policies"),
            ...receiving("receive messages and let them be seen again"),
        ],
        target: [
            {
                actions: [`${queue}/read`, `${queue}/write`, `${queue}/delete`],
                dataActions: [],
                role: roles.contributor,
                purpose: "list, create, change and (where they are empty) delete queues",
            },
            ...policies(
                [`${queue}/getAcl/action`, `${queue}/setAcl/action`],
                "read and set stored access policies",
            ),
            ...receiving("send messages and look what is there of them"),
        ],
    };
}
