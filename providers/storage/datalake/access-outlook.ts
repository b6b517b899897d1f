import type { Context, Item, Loss, Outlook } from "../../core/contract.js";
import {
    accessIn,
    flatTarget,
    translate,
    unknownPrincipals,
    withAccess,
    type AccessControl,
} from "./access-control.js";
import { tenantOf } from "./tenant.js";

/** What a side knows of principals. */
export class Tenancy {
    #tenant: Promise<string | undefined> | undefined;

    constructor(
        private readonly context: Pick<Context, "credential" | "signal">,
        private readonly map: Readonly<Record<string, string>> = {},
    ) {}

    /** Looks at an item of the source with what its access control is to be here. */
    async foresee(
        item: Item,
        source: Tenancy,
        { existing }: Pick<Outlook, "existing">,
        target: { readonly hasAccess: boolean },
    ): Promise<Item> {
        const [wanted, found] = [accessIn(item), accessIn(existing)];
        // What the source does not show stays what it is.
        if (wanted === undefined) return withAccess(item, found);
        if (!target.hasAccess) return withLosses(withAccess(item, undefined), [flatTarget(item.name)]);
        const { access, unknown } = translate(wanted, {
            map: this.map,
            sameTenant: await this.#isTenantOf(source),
        });
        const carried: AccessControl = { ...owners(found), ...access };
        const losses = unknown.length === 0 ? [] : [unknownPrincipals(item.name, unknown)];
        return withLosses(withAccess(item, carried), losses);
    }

    async #isTenantOf(source: Tenancy): Promise<boolean> {
        const [theirs, ours] = await Promise.all([source.#own(), this.#own()]);
        return ours !== undefined && ours === theirs;
    }

    #own(): Promise<string | undefined> {
        return (this.#tenant ??= tenantOf(this.context));
    }
}

function owners(access: AccessControl | undefined): Pick<AccessControl, "owner" | "group"> {
    const { owner, group } = access ?? {};
    return { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
}

export function withLosses(item: Item, losses: readonly Loss[]): Item {
    return losses.length === 0 ? item : { ...item, losses: [...(item.losses ?? []), ...losses] };
}
