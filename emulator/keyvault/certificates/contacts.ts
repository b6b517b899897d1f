import { z } from "zod";
import type { ServiceResponse } from "../../contract.js";
import { ok, type Call } from "../call.js";
import { invalidProperty, parseObject } from "../parameters.js";
import type { CertificateRoute } from "../routes.js";
import { contactsNotFound } from "./messages.js";
import type { Contact } from "./state.js";

type CertificateCall = Call<CertificateRoute>;

const contactsSchema = z
    .array(
        z.object({
            email: z.string().min(1),
            name: z.string().optional(),
            phone: z.string().optional(),
        }),
    )
    .min(1);

/** Throws 404 where there are none. */
export function getContacts(call: CertificateCall): ServiceResponse {
    return ok(bundle(call, find(call)));
}

/** Sets the contacts in the place of those there are. Throws 400 where there is none with an address. */
export async function setContacts(call: CertificateCall): Promise<ServiceResponse> {
    const { contacts } = parseObject(await call.body());
    const parsed = contactsSchema.safeParse(contacts);
    if (!parsed.success) throw invalidProperty("contacts");
    call.objects.certificateSettings.contacts = parsed.data;
    return ok(bundle(call, parsed.data));
}

/** Removes all contacts. Throws 404 where there are none. */
export function deleteContacts(call: CertificateCall): ServiceResponse {
    const contacts = find(call);
    delete call.objects.certificateSettings.contacts;
    return ok(bundle(call, contacts));
}

function find(call: CertificateCall): Contact[] {
    const { contacts } = call.objects.certificateSettings;
    if (contacts === undefined) throw contactsNotFound();
    return contacts;
}

function bundle(call: CertificateCall, contacts: readonly Contact[]): object {
    return { id: `https://${call.url.hostname}/certificates/contacts`, contacts };
}
