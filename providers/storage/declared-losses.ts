import type { Item, Loss, Outlook } from "../core/contract.js";

/** What is not carried, and may be at the target all the same: declared there, or given by its container. */
const declarable: ReadonlySet<string> = new Set(["immutability policy", "legal hold", "encryption scope"]);

/** The item without the losses of what the target's has of its own. */
export function withoutDeclared(item: Item, { existing }: Pick<Outlook, "existing">): Item {
    const { losses, ...others } = item;
    if (losses === undefined || existing?.losses === undefined) return item;
    const there = new Set(existing.losses.map(({ what }) => what));
    const left = losses.filter(({ what }) => !declarable.has(what) || !there.has(what));
    return left.length === 0 ? others : { ...others, losses: left };
}

/** What protects an item from being changed, and does not come along: locking can't be undone by whoever regrets it. */
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
