import type { CertificateClient } from "../sdk.js";
import type { Context, Item, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { clientOptions } from "../../core/http/client.js";
import { statusOf } from "../../core/rest-error.js";
import { serviceCodeOf } from "../errors.js";
import { mapOrdered } from "../map-ordered.js";
import { vaultUrl } from "../vault-url.js";
import { issuerName, passwordLoss, toIssuerItem, type IssuerProperties } from "./item.js";
import { load } from "../../core/load.js";

/** What only a user can give of an issuer. In memory only. */
export interface IssuerContent {
    readonly password?: string;
}

/** The service's largest page: https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificate-issuers/get-certificate-issuers */
const pageSize = 25;

/** A listing shows names and providers alone, so each issuer is asked for, so many at once. */
const concurrency = 8;

/** Opens the certificate issuers of a vault. Throws `InvalidArgument` where the resource has no vault URL. */
export async function openIssuerStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<IssuerContent>> {
    const url = vaultUrl(resource, context.side);
    const { CertificateClient: Client } = await load<typeof import("@azure/keyvault-certificates")>(
        "@azure/keyvault-certificates",
    );
    return new IssuerStore(new Client(url, context.credential, clientOptions(context)), context);
}

class IssuerStore implements Store<IssuerContent> {
    constructor(
        private readonly client: CertificateClient,
        private readonly context: Context,
    ) {}

    async *list(): AsyncIterable<Item> {
        for await (const item of mapOrdered(this.#names(), concurrency, (name) => this.find(name))) {
            if (item !== undefined) yield item;
        }
    }

    async find(name: string): Promise<Item | undefined> {
        try {
            const item = toIssuerItem(
                await this.client.getIssuer(name, { abortSignal: this.context.signal }),
            );
            const isCarried = this.context.side === "source" && this.context.mode === "replication";
            const loss = isCarried ? passwordLoss(item) : undefined;
            return loss === undefined ? item : { ...item, losses: [loss] };
        } catch (error) {
            if (isIssuerNotFound(error)) return undefined;
            throw error;
        }
    }

    /** There is nothing to read: the service tells no password. */
    get(): Promise<IssuerContent> {
        return Promise.resolve({});
    }

    /** Nobody can tell whether a password is the right one: it goes along when an issuer is made or changed. */
    equal(): boolean {
        return true;
    }

    /** Making an issuer again would take the password away that somebody has given it, so that an update is made. */
    async put(item: Item, content: IssuerContent, options: PutOptions): Promise<Item> {
        const existing = await this.#mustBeAsListed(item.name, options.existing);
        if (existing === undefined || content.password !== undefined) await this.#set(item, content);
        else await this.#update(item, existing);
        return this.#written(item.name);
    }

    /** The same as `put`, as an issuer without a password is all that there is to carry. */
    putEmpty(item: Item, options: PutOptions): Promise<Item> {
        return this.put(item, {}, options);
    }

    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const found = await this.find(name);
        if (found === undefined) return;
        if (options.expected !== undefined) this.#mustEqual(name, found, options.expected);
        try {
            await this.client.deleteIssuer(name, { abortSignal: this.context.signal });
        } catch (error) {
            if (!isIssuerNotFound(error)) throw error;
        }
    }

    async #set(item: Item, { password }: IssuerContent): Promise<void> {
        const { provider, enabled } = item.properties as IssuerProperties;
        await this.client.createIssuer(item.name, provider, {
            ...accountOf(item),
            ...(password === undefined ? {} : { password }),
            enabled,
            abortSignal: this.context.signal,
        });
    }

    async #update(item: Item, existing: Item): Promise<void> {
        const { provider, enabled } = item.properties as IssuerProperties;
        const taken = Object.keys(existing.properties).filter((key) => item.properties[key] === undefined);
        if (taken.length > 0) throw cantTakeAway(item.name, taken);
        await this.client.updateIssuer(item.name, {
            ...accountOf(item),
            provider,
            // Version 4.10 of the SDK sends no `false`, but what is true and written as `false`.
            enabled: Object(enabled) as boolean,
            abortSignal: this.context.signal,
        });
    }

    async *#names(): AsyncIterable<string> {
        const options = { abortSignal: this.context.signal };
        const pages = this.client.listPropertiesOfIssuers(options).byPage({ maxPageSize: pageSize });
        for await (const page of pages) {
            for (const { id } of page) yield issuerName(id);
        }
    }

    async #written(name: string): Promise<Item> {
        const found = await this.find(name);
        if (found !== undefined) return found;
        throw new DataplaneError("Conflict", `the issuer "${name}" is no longer at the target`, {
            item: name,
            side: this.context.side,
        });
    }

    /** Key Vault knows no conditional requests: a look right before the write is as near as one can get. */
    async #mustBeAsListed(name: string, existing: Item | undefined): Promise<Item | undefined> {
        const found = await this.find(name);
        this.#mustEqual(name, found, existing);
        return found;
    }

    #mustEqual(name: string, found: Item | undefined, expected: Item | undefined): void {
        if (found?.version === expected?.version) return;
        throw new DataplaneError("Conflict", `the issuer "${name}" changed at the target during the run`, {
            item: name,
            side: this.context.side,
            remedy: "Run again: the change will be looked at.",
        });
    }
}

function accountOf({ properties }: Item): Parameters<CertificateClient["createIssuer"]>[2] {
    const { accountId, organizationId, administrators } = properties as IssuerProperties;
    return {
        ...(accountId === undefined ? {} : { accountId }),
        ...(organizationId === undefined ? {} : { organizationId }),
        ...(administrators === undefined ? {} : { administratorContacts: administrators }),
    };
}

function isIssuerNotFound(error: unknown): boolean {
    return statusOf(error) === 404 && serviceCodeOf(error) === "CertificateIssuerNotFound";
}

/** Only setting the issuer anew takes something away from it, and that takes its password as well. */
function cantTakeAway(item: string, what: readonly string[]): DataplaneError {
    return new DataplaneError(
        "InvalidItem",
        `the issuer "${item}" has ${what.join(" and ")} at the target and not at the source, which can't be taken away ` +
            "without its password",
        {
            item,
            side: "target",
            remedy: `Give the password in overrides["${item}"], or delete the issuer at the target.`,
        },
    );
}
