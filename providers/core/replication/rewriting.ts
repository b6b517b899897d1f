import type { ElementType, Item, Store } from "../contract.js";
import { atSource } from "./at-source.js";

/**
 * Replaces texts in contents on their way, as the argument `rewrite` says, and remembers in which items there was
 * anything to replace: their names, never what stood there.
 */
export class Rewriting {
    readonly #element: ElementType;
    readonly #replacements: ReadonlyMap<string, string>;
    readonly #pattern: RegExp;
    /** By the source name's key. */
    readonly #touched = new Map<string, boolean>();

    /** @param replacements by the text that they replace; at least one, and no empty text. */
    constructor(element: ElementType, replacements: Readonly<Record<string, string>>) {
        this.#element = element;
        this.#replacements = new Map(Object.entries(replacements));
        // The longest first: "a.example.com" before "example.com". What was put in is not looked at again.
        const texts = [...this.#replacements.keys()].sort((a, b) => b.length - a.length);
        this.#pattern = new RegExp(texts.map(escaped).join("|"), "g");
    }

    /** The content as it goes to the target. */
    apply(name: string, content: unknown): unknown {
        let touched = false;
        const replace = (text: string): string =>
            text.replace(this.#pattern, (found) => {
                touched = true;
                return this.#replacements.get(found) ?? found;
            });
        const rewritten = this.#element.rewrite?.(content, replace) ?? content;
        this.#touched.set(this.#element.key(name), touched);
        return rewritten;
    }

    /** Whether anything was replaced in that item; undefined where its content was not read in this run. */
    touched(name: string): boolean | undefined {
        return this.#touched.get(this.#element.key(name));
    }
}

function escaped(text: string): string {
    return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** What reading a source's content needs. */
export interface SourceReading {
    readonly source: Store;
    readonly rewriting: Rewriting | undefined;
}

/** Reads an item's content at the source, with the replacements that the user asked for. */
export async function readSource(run: SourceReading, item: Item): Promise<unknown> {
    const content = await atSource(() => run.source.get(item));
    return run.rewriting === undefined ? content : run.rewriting.apply(item.name, content);
}
