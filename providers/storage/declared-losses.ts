import type { Item, Loss, Outlook } from "../core/contract.js";

/** What of a container is not carried, as only ARM sets it, and may be declared at the target all the same. */
const declarable: ReadonlySet<string> = new Set(["immutability policy", "legal hold", "encryption scope"]);

/** The item without the losses of what the target's has of its own. */
export function withoutDeclared(item: Item, { existing }: Pick<Outlook, "existing">): Item {
    const { losses, ...others } = item;
    if (losses === undefined || existing?.losses === undefined) return item;
    const there = new Set(existing.losses.map(({ what }) => what));
    const left = losses.filter(({ what }) => !declarable.has(what) || !there.has(what));
    return left.length === 0 ? others : { ...others, losses: left };
}

/** What protects a container from being changed, and does not come along. */
export function protectionLosses(
    item: string,
    facts: { policy?: string | undefined; hold: boolean },
    remedy: string,
): Loss[] {
    return [
        ...(facts.policy === undefined
            ? []
            : [
                  {
                      item,
                      what: "immutability policy",
                      reason: `its immutability policy ${facts.policy}`,
                      remedy,
                  },
              ]),
        ...(facts.hold ? [{ item, what: "legal hold", reason: "its legal hold stays behind", remedy }] : []),
    ];
}
