import { createHash } from "node:crypto";
import type { CertificateClient, CertificateContact } from "../sdk.js";
import type { Context, Item, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { clientOptions } from "../../core/http/client.js";
import { canonicalJson } from "../../core/json.js";
import { statusOf } from "../../core/rest-error.js";
import { serviceCodeOf } from "../errors.js";
import { foldName } from "../names.js";
import { vaultUrl } from "../vault-url.js";
import { load } from "../../core/load.js";

/** One contact, with an address. */
interface Contact {
    readonly email: string;
    readonly name?: string;
    readonly phone?: string;
}

/** Opens the certificate contacts of a vault. Throws `InvalidArgument` where the resource has no vault URL. */
export async function openContactStore(resource: ResourceRef, context: Context): Promise<Store<null>> {
    const url = vaultUrl(resource, context.side);
    const { CertificateClient: Client } = await load<typeof import("@azure/keyvault-certificates")>(
        "@azure/keyvault-certificates",
    );
    return new ContactStore(new Client(url, context.credential, clientOptions(context)), context);
}

/** A vault has its contacts in one list, which is read and set as a whole. */
class ContactStore implements Store<null> {
    /** The last change: one follows the other, or one would undo another. */
    #changes: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly client: CertificateClient,
        private readonly context: Context,
    ) {}

    async *list(): AsyncIterable<Item> {
        yield* (await this.#read()).map(toItem);
    }

    async find(name: string): Promise<Item | undefined> {
        return itemOf(await this.#read(), name);
    }

    /** A contact is all properties. */
    get(): Promise<null> {
        return Promise.resolve(null);
    }

    equal(): boolean {
        return true;
    }

    put(item: Item, _content: null, options: PutOptions): Promise<Item> {
        return this.#inTurn(async () => {
            const before = await this.#read();
            this.#mustEqual(item.name, itemOf(before, item.name), options.existing);
            const contact: Contact = { ...(item.properties as Omit<Contact, "email">), email: item.name };
            const isThere = before.some((one) => isNamed(one, item.name));
            const after = isThere
                ? before.map((one) => (isNamed(one, item.name) ? contact : one))
                : [...before, contact];
            const written = itemOf(await this.#set(after), item.name);
            if (written !== undefined) return written;
            throw new DataplaneError("Corrupt", `the target did not take the contact "${item.name}"`, {
                item: item.name,
                side: "target",
            });
        });
    }

    putEmpty(item: Item, options: PutOptions): Promise<Item> {
        return this.put(item, null, options);
    }

    async remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        await this.#inTurn(async () => {
            const before = await this.#read();
            const found = itemOf(before, name);
            if (found === undefined) return;
            if (expected !== undefined) this.#mustEqual(name, found, expected);
            await this.#set(before.filter((one) => !isNamed(one, name)));
        });
    }

    async #read(): Promise<Contact[]> {
        try {
            return withAddress(await this.client.getContacts({ abortSignal: this.context.signal }));
        } catch (error) {
            if (statusOf(error) === 404 && serviceCodeOf(error) === "ContactsNotFound") return [];
            throw error;
        }
    }

    /** The service takes no empty list: then all are deleted. */
    async #set(contacts: readonly Contact[]): Promise<Contact[]> {
        const options = { abortSignal: this.context.signal };
        if (contacts.length > 0) return withAddress(await this.client.setContacts([...contacts], options));
        await this.client.deleteContacts(options);
        return [];
    }

    #inTurn<T>(change: () => Promise<T>): Promise<T> {
        const result = this.#changes.then(change);
        this.#changes = result.catch(() => undefined);
        return result;
    }

    #mustEqual(name: string, found: Item | undefined, expected: Item | undefined): void {
        if (found?.version === expected?.version) return;
        throw new DataplaneError("Conflict", `the contact "${name}" changed at the target during the run`, {
            item: name,
            side: this.context.side,
            remedy: "Run again: the change will be looked at.",
        });
    }
}

/** The service keeps no dates of a contact: the hash over all of it is all there is. */
function toItem({ email, name, phone }: Contact): Item {
    const properties = {
        ...(name === undefined || name === "" ? {} : { name }),
        ...(phone === undefined || phone === "" ? {} : { phone }),
    };
    const hash = createHash("sha256").update(canonicalJson(properties)).digest("hex").slice(0, 12);
    return { name: email, version: `#${hash}`, properties };
}

function itemOf(contacts: readonly Contact[], name: string): Item | undefined {
    const found = contacts.find((one) => isNamed(one, name));
    return found === undefined ? undefined : toItem(found);
}

function isNamed({ email }: Contact, name: string): boolean {
    return foldName(email) === foldName(name);
}

function withAddress(contacts: readonly CertificateContact[] | undefined): Contact[] {
    return (contacts ?? []).flatMap((contact) => {
        const { email, name, phone } = contact ?? { email: "" };
        if (email === undefined || email === "") return [];
        return [
            { email, ...(name === undefined ? {} : { name }), ...(phone === undefined ? {} : { phone }) },
        ];
    });
}
