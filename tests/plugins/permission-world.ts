import { randomUUID } from "node:crypto";
import { ClientSecretCredential } from "@azure/identity";
import { AuthorizationManagementClient } from "arm-authorization-specification";
import { LocalAzure } from "../../emulator/local-azure.js";
import type { ServicePrincipal } from "../../emulator/identities.js";
import type { Mode, Side } from "../../providers/core/contract.js";
import type { CredentialSettings } from "../../providers/core/credentials/settings.js";
import { KeptAnswers } from "../../providers/core/permissions/kept-answers.js";
import { requiredPermissions } from "../../providers/core/permissions/required.js";
import { argumentsOf } from "../../providers/core/pulumi/arguments.js";
import { previewAccess, type AccessPreview } from "../../providers/core/pulumi/verify-access.js";
import { findElement } from "../../providers/core/registry.js";

/** What a preview prints, taken apart as a shell does. */
export interface Command {
    readonly objectId: string;
    readonly principalType: string;
    readonly role: string;
    readonly scope: string;
}

const commandLine =
    /^az role assignment create --assignee-object-id (\S+) --assignee-principal-type (\S+) --role "([^"]+)" --scope "([^"]+)"$/;

export function commandsIn(text: string | undefined): Command[] {
    return (text ?? "").split("\n").flatMap((line) => {
        const [, objectId, principalType, role, scope] = commandLine.exec(line.trim()) ?? [];
        return objectId === undefined ||
            principalType === undefined ||
            role === undefined ||
            scope === undefined
            ? []
            : [{ objectId, principalType, role, scope }];
    });
}

/** Carries a command out as the Azure CLI does: by Resource Manager, the role found by its name. */
export async function carryOut(command: Command, client: AuthorizationManagementClient): Promise<void> {
    const filter = `roleName eq '${command.role}'`;
    const found: string[] = [];
    for await (const { id } of client.roleDefinitions.list(command.scope, { filter })) {
        if (id !== undefined) found.push(id);
    }
    const [roleDefinitionId] = found;
    if (roleDefinitionId === undefined || found.length > 1)
        throw new Error(`Not one role "${command.role}".`);
    await client.roleAssignments.create(command.scope, randomUUID(), {
        roleDefinitionId,
        principalId: command.objectId,
        principalType: command.principalType,
    });
}

const bodies: Readonly<
    Record<string, { type: string; body: (tenantId: string) => Record<string, unknown> }>
> = {
    keyvault: {
        type: "Microsoft.KeyVault/vaults",
        body: (tenantId) => ({
            location: "westeurope",
            properties: {
                tenantId,
                sku: { family: "A", name: "standard" },
                enableRbacAuthorization: true,
            },
        }),
    },
    storage: {
        type: "Microsoft.Storage/storageAccounts",
        body: () => ({
            location: "westeurope",
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
            properties: {},
        }),
    },
};

const tenantOf = { source: "production", target: "staging" } as const;

/** One replica's resources and identities in two tenants, with no role but `Reader` at both. */
export interface Stage {
    readonly references: Readonly<Record<Side, string>>;
    readonly who: Readonly<Record<Side, ServicePrincipal>>;
    readonly settings: CredentialSettings;
    verify(change?: Record<string, unknown>, answers?: KeptAnswers): Promise<AccessPreview>;
}

/** A local Azure for verifications of permissions. */
export class PermissionWorld {
    #made = 0;

    private constructor(readonly azure: LocalAzure) {}

    static async start(): Promise<PermissionWorld> {
        const azure = await LocalAzure.start();
        azure.useHere();
        azure.keyVault.settings.transitionMilliseconds = 0;
        return new PermissionWorld(azure);
    }

    stop(): Promise<void> {
        return this.azure.stop();
    }

    /** A replica of an element type, with what its identities need on the sides that are `equipped`. */
    stage(
        key: string,
        mode: Mode,
        options: Record<string, unknown>,
        { equipped = [], reader = true }: { equipped?: readonly Side[]; reader?: boolean } = {},
    ): Stage {
        const entry = findElement(key);
        const references = { source: this.#resource("source", key), target: this.#resource("target", key) };
        const who = { source: this.principal("source"), target: this.principal("target") };
        for (const side of ["source", "target"] as const) {
            if (reader) this.grant(who[side], "Reader", references[side]);
            if (!equipped.includes(side)) continue;
            for (const { role } of requiredPermissions(entry.element, mode, options)[side]) {
                this.grant(who[side], role.name, references[side]);
            }
        }
        const settings = {
            get: (name: string) => (name === "azure-dataplane:profiles" ? profilesOf(who) : undefined),
        };
        return {
            references,
            who,
            settings,
            verify: (change = {}, answers = new KeptAnswers()) => {
                const parsed = argumentsOf({ ...references, mode, options, ...change });
                return previewAccess({ entry, parsed, target: parsed.target, settings, answers });
            },
        };
    }

    grant({ objectId }: ServicePrincipal, role: string, scope: string, condition?: string): void {
        this.azure.roles.assign({
            principalId: objectId,
            role,
            scope,
            effectiveAfterMilliseconds: 0,
            ...(condition === undefined ? {} : { condition }),
        });
    }

    /** The official client of somebody who may assign roles there. */
    administrator(side: Side, scope: string): AuthorizationManagementClient {
        const admin = this.principal(side);
        this.grant(admin, "Owner", scope);
        const { tenantId, clientId, secrets } = admin;
        const credential = new ClientSecretCredential(tenantId, clientId, secrets[0]?.value ?? "");
        return new AuthorizationManagementClient(credential, scope.split("/")[2] ?? "");
    }

    principal(side: Side): ServicePrincipal {
        const made: ServicePrincipal = {
            tenantId: this.azure.tenants[tenantOf[side]].id,
            clientId: randomUUID(),
            objectId: randomUUID(),
            displayName: `${side} of a replica`,
            secrets: [{ value: `local~${randomUUID()}` }],
        };
        this.azure.entra.addPrincipal(made);
        return made;
    }

    #resource(side: Side, key: string): string {
        this.#made += 1;
        const kind = bodies[key.split("/")[0] ?? ""];
        if (kind === undefined) throw new Error(`no resource for ${key}`);
        const tenant = this.azure.tenants[tenantOf[side]];
        const group = `/subscriptions/${tenant.subscription.id}/resourceGroups/roles`;
        const id = `${group}/providers/${kind.type}/roles${String(this.#made)}`;
        return this.azure.arm.put(id, kind.body(tenant.id)).id;
    }
}

function profilesOf(who: Record<Side, ServicePrincipal>): string {
    return JSON.stringify(
        Object.fromEntries(
            Object.entries(who).map(([side, { tenantId, clientId, secrets }]) => [
                side,
                { tenantId, clientId, clientSecret: secrets[0]?.value },
            ]),
        ),
    );
}
