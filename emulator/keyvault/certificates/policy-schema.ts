import { z } from "zod";
import { invalidProperty } from "../parameters.js";

/**
 * A policy as callers send it: every member may be absent. Members that are no policy's are dropped.
 * Source: https://learn.microsoft.com/rest/api/keyvault/certificates/create-certificate/create-certificate#certificatepolicy
 */
const policySchema = z.object({
    key_props: z
        .object({
            exportable: z.boolean().optional(),
            kty: z.enum(["RSA", "RSA-HSM", "EC", "EC-HSM"]).optional(),
            key_size: z
                .union([
                    z.literal(2048),
                    z.literal(3072),
                    z.literal(4096),
                    z.literal(256),
                    z.literal(384),
                    z.literal(521),
                ])
                .optional(),
            crv: z.enum(["P-256", "P-384", "P-521", "P-256K"]).optional(),
            reuse_key: z.boolean().optional(),
        })
        .optional(),
    secret_props: z
        .object({ contentType: z.enum(["application/x-pkcs12", "application/x-pem-file"]).optional() })
        .optional(),
    x509_props: z
        .object({
            subject: z.string().optional(),
            sans: z
                .object({
                    emails: z.array(z.string()).optional(),
                    dns_names: z.array(z.string()).optional(),
                    upns: z.array(z.string()).optional(),
                    uris: z.array(z.string()).optional(),
                    ipAddresses: z.array(z.string()).optional(),
                })
                .optional(),
            ekus: z.array(z.string().regex(/^\d+(\.\d+)+$/)).optional(),
            key_usage: z
                .array(
                    z.enum([
                        "digitalSignature",
                        "nonRepudiation",
                        "keyEncipherment",
                        "dataEncipherment",
                        "keyAgreement",
                        "keyCertSign",
                        "cRLSign",
                        "encipherOnly",
                        "decipherOnly",
                    ]),
                )
                .optional(),
            validity_months: z.int().min(0).optional(),
        })
        .optional(),
    lifetime_actions: z
        .array(
            z.object({
                trigger: z.object({
                    lifetime_percentage: z.int().min(1).max(99).optional(),
                    days_before_expiry: z.int().min(1).optional(),
                }),
                action: z.object({ action_type: z.enum(["EmailContacts", "AutoRenew"]) }),
            }),
        )
        .optional(),
    issuer: z
        .object({
            name: z.string().min(1).optional(),
            cty: z.string().optional(),
            cert_transparency: z.boolean().optional(),
        })
        .optional(),
    attributes: z.object({ enabled: z.boolean().optional() }).optional(),
});

/** What a caller says about a policy. */
export type PolicyChanges = z.infer<typeof policySchema>;

/** Reads a policy. Throws 400, as the service does for all that it doesn't take in one. */
export function parsePolicy(json: unknown): PolicyChanges {
    const parsed = policySchema.safeParse(withoutNulls(json));
    if (!parsed.success) throw invalidProperty("policy");
    return parsed.data;
}

/** The service takes a member that is null for an absent one. */
function withoutNulls(json: unknown): unknown {
    return JSON.parse(JSON.stringify(json ?? {}), (_key, value: unknown) => value ?? undefined);
}
