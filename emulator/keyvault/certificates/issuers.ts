import { z } from "zod";
import type { ServiceResponse } from "../../contract.js";
import { ok, type Call } from "../call.js";
import { listPosition } from "../objects.js";
import { page } from "../paging.js";
import { invalidProperty, parseObject } from "../parameters.js";
import type { CertificateRoute } from "../routes.js";
import { issuerNotFound } from "./messages.js";
import type { Issuer } from "./state.js";

type CertificateCall = Call<CertificateRoute>;

/**
 * An issuer as callers send it. The password is read and dropped: the service never shows it, and nothing here uses it.
 * Source: https://learn.microsoft.com/rest/api/keyvault/certificates/set-certificate-issuer/set-certificate-issuer
 */
const issuerSchema = z.object({
    provider: z.string().min(1).optional(),
    credentials: z.object({ account_id: z.string().nullish(), pwd: z.string().nullish() }).nullish(),
    org_details: z
        .object({
            id: z.string().nullish(),
            admin_details: z
                .array(
                    z.object({
                        first_name: z.string().optional(),
                        last_name: z.string().optional(),
                        email: z.string().optional(),
                        phone: z.string().optional(),
                    }),
                )
                .nullish(),
        })
        .nullish(),
    attributes: z.object({ enabled: z.boolean().nullish() }).nullish(),
});

/** All issuers, by name and provider alone. */
export function listIssuers(call: CertificateCall): ServiceResponse {
    const issuers = Object.values(call.objects.certificateSettings.issuers);
    return ok(
        page(issuers, call.url, listPosition, (issuer) => ({
            id: idOf(call, issuer),
            provider: issuer.provider,
        })),
    );
}

/** Throws 404. */
export function getIssuer(call: CertificateCall): ServiceResponse {
    return ok(bundle(call, find(call)));
}

/** Sets an issuer; one of that name is replaced. Throws 400 without a provider. */
export async function setIssuer(call: CertificateCall): Promise<ServiceResponse> {
    const { name } = call.route;
    const { issuers } = call.objects.certificateSettings;
    const changes = await parse(call);
    if (changes.provider === undefined) throw invalidProperty("provider");
    const now = Math.floor(call.now() / 1000);
    const created = issuers[name.toLowerCase()]?.created ?? now;
    const fresh: Issuer = { name, provider: changes.provider, enabled: true, created, updated: now };
    const issuer = apply(fresh, changes, now);
    issuers[name.toLowerCase()] = issuer;
    return ok(bundle(call, issuer));
}

/** Changes what the caller names. Throws 404. */
export async function updateIssuer(call: CertificateCall): Promise<ServiceResponse> {
    const changes = await parse(call);
    const issuer = apply(find(call), changes, Math.floor(call.now() / 1000));
    call.objects.certificateSettings.issuers[issuer.name.toLowerCase()] = issuer;
    return ok(bundle(call, issuer));
}

/** Removes an issuer for good. Throws 404. */
export function deleteIssuer(call: CertificateCall): ServiceResponse {
    const issuer = find(call);
    const { certificateSettings: settings } = call.objects;
    settings.issuers = Object.fromEntries(
        Object.entries(settings.issuers).filter(([key]) => key !== issuer.name.toLowerCase()),
    );
    return ok(bundle(call, issuer));
}

async function parse(call: CertificateCall): Promise<z.infer<typeof issuerSchema>> {
    const parsed = issuerSchema.safeParse(parseObject(await call.body()));
    if (!parsed.success) throw invalidProperty("issuer");
    return parsed.data;
}

function find(call: CertificateCall): Issuer {
    const issuer = call.objects.certificateSettings.issuers[call.route.name.toLowerCase()];
    if (issuer === undefined) throw issuerNotFound();
    return issuer;
}

function apply(issuer: Issuer, changes: z.infer<typeof issuerSchema>, now: number): Issuer {
    const { provider, credentials, org_details: organization, attributes } = changes;
    return {
        ...issuer,
        ...(provider === undefined ? {} : { provider }),
        ...(typeof credentials?.account_id === "string" ? { accountId: credentials.account_id } : {}),
        ...(organization === undefined || organization === null
            ? {}
            : {
                  organization: {
                      ...(typeof organization.id === "string" ? { id: organization.id } : {}),
                      admin_details: organization.admin_details ?? [],
                  },
              }),
        ...(typeof attributes?.enabled === "boolean" ? { enabled: attributes.enabled } : {}),
        updated: now,
    };
}

/** As the service shows it, with the odd `zip` of its answers. */
function bundle(call: CertificateCall, issuer: Issuer): object {
    const { provider, accountId, organization, enabled, created, updated } = issuer;
    return {
        id: idOf(call, issuer),
        provider,
        credentials: accountId === undefined ? {} : { account_id: accountId },
        ...(organization === undefined ? {} : { org_details: { ...organization, zip: 0 } }),
        attributes: { enabled, created, updated },
    };
}

function idOf(call: CertificateCall, { name }: Issuer): string {
    return `https://${call.url.hostname}/certificates/issuers/${name}`;
}
