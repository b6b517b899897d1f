import picomatch from "picomatch";
import type { ElementType } from "../contract.js";
import { DataplaneError } from "../errors.js";
import type { Selection } from "./types.js";

/** What of an element type the selection needs. */
export type Naming = Pick<ElementType, "key" | "invalidName" | "singular">;

/** Parts of a selection that no item answered to, for a warning. */
export interface Unmatched {
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    readonly rename: readonly string[];
}

interface Pattern {
    readonly text: string;
    readonly matches: (name: string) => boolean;
}

/**
 * Tells which items a replica takes and what they are called at the target.
 *
 * Patterns are globs on the whole name at the source: `*` and `?` stop at a slash, `**` does not, `{a,b}` and `[a-z]`
 * work, a leading dot is nothing special, and there is no negation (`exclude` does that). For blobs, named
 * `container/path`: `photos/**` takes a container whole, `photos/*` its top level only, `**` + `/*.jpg` (written
 * together) every JPEG. A pattern that is an item's very name always takes that item, whatever characters it has.
 * Case counts only where it counts to the service (`ElementType.key`). `exclude` wins over `include`.
 */
export class Selector {
    readonly #key: (name: string) => string;
    readonly #include: readonly Pattern[] | undefined;
    readonly #exclude: readonly Pattern[];
    readonly #renames: ReadonlyMap<string, { from: string; to: string }>;
    readonly #newNames: ReadonlySet<string>;
    readonly #matched = new Set<Pattern>();
    readonly #renamed = new Set<string>();

    /** Throws `InvalidArgument` for a pattern that is none, and for two items renamed to one name. */
    constructor(selection: Selection, element: Naming) {
        this.#key = (name) => element.key(name);
        const ignoresCase = element.key("a") === element.key("A");
        this.#include = selection.include?.map((text) => compile(text, ignoresCase, element, "include"));
        this.#exclude = (selection.exclude ?? []).map((text) =>
            compile(text, ignoresCase, element, "exclude"),
        );
        this.#renames = readRenames(selection, element);
        this.#newNames = new Set([...this.#renames.values()].map(({ to }) => element.key(to)));
    }

    /** Whether any item gets another name; then the order of the source's listing says nothing at the target. */
    get renames(): boolean {
        return this.#renames.size > 0;
    }

    /** Whether the item with this name at the source is taken. Remembers which patterns were of use. */
    selects(name: string): boolean {
        const included = this.#include === undefined || this.#matchAny(this.#include, name);
        const excluded = this.#matchAny(this.#exclude, name);
        return included && !excluded;
    }

    /** The name at the target of an item at the source. */
    targetName(name: string): string {
        if (this.#renames.size === 0) return name;
        const rename = this.#renames.get(this.#key(name));
        if (rename === undefined) return name;
        this.#renamed.add(rename.from);
        return rename.to;
    }

    /** Whether some item gets this name at the target by `rename`. */
    isNewName(name: string): boolean {
        return this.#newNames.has(this.#key(name));
    }

    /** What matched nothing of all that was asked so far. */
    unmatched(): Unmatched {
        const unused = (patterns: readonly Pattern[]): string[] =>
            patterns.filter((pattern) => !this.#matched.has(pattern)).map((pattern) => pattern.text);
        return {
            include: unused(this.#include ?? []),
            exclude: unused(this.#exclude),
            rename: [...this.#renames.values()]
                .map(({ from }) => from)
                .filter((from) => !this.#renamed.has(from)),
        };
    }

    /** Every pattern is tried, so that each one's use is known. */
    #matchAny(patterns: readonly Pattern[], name: string): boolean {
        let any = false;
        for (const pattern of patterns) {
            if (any && this.#matched.has(pattern)) continue;
            if (!pattern.matches(name)) continue;
            this.#matched.add(pattern);
            any = true;
        }
        return any;
    }
}

/**
 * Checks, before anything is written, that no two of these items (names at the source) end up under one name at the
 * target, and that names given by `rename` are valid there. Throws `InvalidArgument` naming the items.
 */
export function checkTargetNames(names: Iterable<string>, selection: Selection, element: Naming): void {
    const selector = new Selector(selection, element);
    const taken = new Map<string, string>();
    for (const name of names) {
        if (!selector.selects(name)) continue;
        const target = selector.targetName(name);
        if (target !== name) checkName(target, name, element);
        takeName(taken, element, name, target);
    }
}

/** Notes that an item takes a name at the target; throws `InvalidArgument` where another one has it already. */
export function takeName(taken: Map<string, string>, element: Naming, name: string, target: string): void {
    const key = element.key(target);
    const other = taken.get(key);
    if (other !== undefined) throw collision(element, other, name, target);
    taken.set(key, name);
}

function checkName(target: string, name: string, element: Naming): void {
    const invalid = element.invalidName(target);
    if (invalid === undefined) return;
    throw new DataplaneError("InvalidArgument", `"${name}" can't be renamed to "${target}": ${invalid}`, {
        argument: "rename",
        item: name,
        remedy: `Choose a name that is valid for a ${element.singular} at the target.`,
    });
}

function collision(element: Naming, first: string, second: string, target: string): DataplaneError {
    return new DataplaneError(
        "InvalidArgument",
        `the ${element.singular}s "${first}" and "${second}" would both become "${target}" at the target`,
        { argument: "rename", item: second, remedy: "Rename or exclude one of them." },
    );
}

function readRenames(selection: Selection, element: Naming): Map<string, { from: string; to: string }> {
    const renames = new Map<string, { from: string; to: string }>();
    const taken = new Map<string, string>();
    for (const [from, to] of Object.entries(selection.rename ?? {})) {
        takeName(taken, element, from, to);
        renames.set(element.key(from), { from, to });
    }
    return renames;
}

function compile(text: string, ignoresCase: boolean, element: Naming, argument: string): Pattern {
    if (text === "") {
        throw new DataplaneError("InvalidArgument", `an empty pattern in ${argument} matches nothing`, {
            argument,
        });
    }
    let glob: (name: string) => boolean;
    try {
        glob = picomatch(text, { dot: true, nonegate: true, noextglob: true, nocase: ignoresCase });
    } catch {
        throw new DataplaneError("InvalidArgument", `"${text}" in ${argument} is not a pattern`, {
            argument,
        });
    }
    const key = element.key(text);
    return { text, matches: (name) => element.key(name) === key || glob(name) };
}
