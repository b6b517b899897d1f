import { isDeepStrictEqual } from "node:util";

/** One item as it was read: properties beside the content. */
export interface ReadItem {
    properties: Readonly<Record<string, unknown>>;
    /** Undefined where nobody can read it. */
    content?: Buffer;
}

/** What one element type's comparison found. */
export interface Comparison {
    items: number;
    properties: number;
    bytes: number;
    /** One line per difference; names only, never a value. */
    differences: string[];
}

/** Items by name, as read from one side. */
export type ReadItems = ReadonlyMap<string, ReadItem>;

/**
 * Compares what two sides hold.
 *
 * @param what What one of them is called, for the lines of differences: `secret`.
 */
export function compare(what: string, production: ReadItems, staging: ReadItems): Comparison {
    const result: Comparison = { items: 0, properties: 0, bytes: 0, differences: [] };
    for (const name of new Set([...production.keys(), ...staging.keys()])) {
        const [source, target] = [production.get(name), staging.get(name)];
        if (source === undefined || target === undefined) {
            result.differences.push(
                `${what} ${name} is only in ${source === undefined ? "staging" : "production"}`,
            );
            continue;
        }
        const wrong = differences(source, target);
        result.differences.push(...wrong.map((property) => `${what} ${name} differs in ${property}`));
        result.items += 1;
        result.properties += Object.values(source.properties).filter((value) => value !== undefined).length;
        result.bytes += source.content?.length ?? 0;
    }
    return result;
}

function differences(source: ReadItem, target: ReadItem): string[] {
    const names = new Set([...Object.keys(source.properties), ...Object.keys(target.properties)]);
    const wrong = [...names].filter(
        (name) => !isDeepStrictEqual(source.properties[name], target.properties[name]),
    );
    return sameContent(source.content, target.content) ? wrong : [...wrong, "its content"];
}

function sameContent(source: Buffer | undefined, target: Buffer | undefined): boolean {
    if (source === undefined || target === undefined) return source === target;
    return source.equals(target);
}
