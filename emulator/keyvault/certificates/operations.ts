import type { ServiceResponse } from "../../contract.js";
import { deletedFields } from "../attributes.js";
import { ok, type Call, type Handler } from "../call.js";
import { purgeProtected } from "../errors.js";
import { listPosition } from "../objects.js";
import { page } from "../paging.js";
import { parseCommon, parseObject } from "../parameters.js";
import { query } from "../query.js";
import type { CertificateRoute } from "../routes.js";
import { describeVault, hasPurgeProtection } from "../vault.js";
import { forBacking } from "./backing.js";
import { backupCertificate, restoreCertificate } from "./backups.js";
import { certificateBundle, certificateItem, deletedBundle, latest, policyBundle } from "./bundles.js";
import { deleteContacts, getContacts, setContacts } from "./contacts.js";
import { createCertificate } from "./create.js";
import type { CertificateOperation } from "./endpoints.js";
import { importCertificate } from "./import.js";
import { deleteIssuer, getIssuer, listIssuers, setIssuer, updateIssuer } from "./issuers.js";
import { deletePending, getPending, merge, updatePending } from "./pending.js";
import { parsePolicy } from "./policy-schema.js";
import { withChanges } from "./policy.js";
import type { Certificate } from "./state.js";

type CertificateCall = Call<CertificateRoute>;

/** Carries an operation on certificates, issuers or contacts out. Throws `KeyVaultError`. */
export async function performCertificate(call: CertificateCall): Promise<ServiceResponse> {
    return handlers[call.route.operation](call);
}

const handlers: Readonly<Record<CertificateOperation, Handler<CertificateRoute>>> = {
    create: createCertificate,
    import: importCertificate,
    backup: backupCertificate,
    restore: restoreCertificate,
    getPending,
    updatePending,
    deletePending,
    merge,
    listIssuers,
    getIssuer,
    setIssuer,
    updateIssuer,
    deleteIssuer,
    getContacts,
    setContacts,
    deleteContacts,

    get(call) {
        const { name, version } = call.route;
        if (version !== undefined) {
            const { object, current } = call.objects.certificates.version(name, version);
            return ok(certificateBundle(call.vault, call.url.hostname, object, current));
        }
        return answer(call, call.objects.certificates.find(name));
    },

    list: (call) =>
        ok(
            page(listed(call, false), call.url, listPosition, (certificate) =>
                certificateItem(call.vault, call.url.hostname, certificate, latest(certificate)),
            ),
        ),

    listVersions(call) {
        const certificate = call.objects.certificates.find(call.route.name);
        return ok(
            page(
                certificate.versions,
                call.url,
                ({ version }) => version,
                (shown) => certificateItem(call.vault, call.url.hostname, certificate, shown, shown.version),
            ),
        );
    },

    /** Enabling and disabling is done to the key and the secret too; dates are those of the certificate itself. */
    async update(call) {
        const json = parseObject(await call.body());
        const { enabled, tags } = parseCommon(json);
        const { certificates } = call.objects;
        const { object, current } = certificates.version(call.route.name, call.route.version);
        if (json.policy !== undefined && json.policy !== null) changePolicy(call, object, json.policy);
        certificates.update(object.name, current.version, {
            ...(enabled === undefined ? {} : { enabled }),
            ...(tags === undefined ? {} : { tags }),
        });
        if (enabled !== undefined) {
            forBacking(call.objects, object.name, (objects) => {
                objects.update(object.name, current.version, { enabled });
            });
        }
        return ok(certificateBundle(call.vault, call.url.hostname, object, current));
    },

    getPolicy: (call) => answerPolicy(call, call.objects.certificates.find(call.route.name)),

    async updatePolicy(call) {
        const json = parseObject(await call.body());
        const certificate = call.objects.certificates.find(call.route.name);
        changePolicy(call, certificate, json);
        return answerPolicy(call, certificate);
    },

    delete(call) {
        const certificate = call.objects.certificates.delete(call.route.name);
        forBacking(call.objects, certificate.name, (objects) => objects.delete(certificate.name));
        return ok(deletedBundle(call.vault, call.url.hostname, certificate));
    },

    getDeleted: (call) =>
        ok(
            deletedBundle(
                call.vault,
                call.url.hostname,
                call.objects.certificates.findDeleted(call.route.name),
            ),
        ),

    listDeleted: (call) =>
        ok(
            page(listed(call, true), call.url, listPosition, (certificate) => ({
                ...deletedFields(call.vault, call.url.hostname, "certificates", certificate),
                ...certificateItem(call.vault, call.url.hostname, certificate, latest(certificate)),
            })),
        ),

    recover(call) {
        const certificate = call.objects.certificates.recover(call.route.name);
        forBacking(call.objects, certificate.name, (objects) => objects.recover(certificate.name));
        return answer(call, certificate);
    },

    purge(call) {
        const { name } = call.objects.certificates.findDeletedToChange(call.route.name);
        if (hasPurgeProtection(call.vault)) throw purgeProtected(describeVault(call.vault));
        call.objects.certificates.purge(name);
        forBacking(call.objects, name, (objects) => {
            objects.purge(name);
        });
        return { status: 204 };
    },
};

/** What a listing shows: with `includePending`, certificates too whose first version is still being made. */
function listed(call: CertificateCall, deleted: boolean): Certificate[] {
    const includePending = query(call.url, "includePending")?.toLowerCase() === "true";
    return call.objects.certificates
        .all(deleted)
        .filter(({ versions, details }) =>
            versions.length > 0 ? true : includePending && details?.placeholder !== undefined,
        );
}

/** What is said of the next version; the versions there are stay as they are. Throws 400. */
function changePolicy(call: CertificateCall, certificate: Certificate, json: unknown): void {
    const { details } = certificate;
    if (details === undefined) return;
    details.policy = withChanges(details.policy, parsePolicy(json), Math.floor(call.now() / 1000));
}

function answer(call: CertificateCall, certificate: Certificate): ServiceResponse {
    return ok(certificateBundle(call.vault, call.url.hostname, certificate, latest(certificate)));
}

function answerPolicy(call: CertificateCall, { name, details }: Certificate): ServiceResponse {
    return ok(details === undefined ? {} : policyBundle(call.url.hostname, name, details.policy));
}
