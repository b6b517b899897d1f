import type { HttpHeaders } from "@azure/core-rest-pipeline";

/**
 * Headers as @azure/core-rest-pipeline has them, whose own look at every name and value several times: for requests and
 * answers that there are very many of. Names that were set with capitals are sent with them, as services keep those
 * of metadata.
 */
export class LeanHeaders implements HttpHeaders {
    readonly #values: Map<string, string>;
    /** How names were written, by the same in lower case; only those that have capitals. */
    #written: Map<string, string> | undefined;

    /** @param values by names in lower case; taken over, not copied. */
    constructor(values = new Map<string, string>()) {
        this.#values = values;
    }

    get(name: string): string | undefined {
        return this.#values.get(name) ?? this.#values.get(name.toLowerCase());
    }

    has(name: string): boolean {
        return this.get(name) !== undefined;
    }

    set(name: string, value: string | number | boolean): void {
        const key = name.toLowerCase();
        this.#values.set(key, String(value).trim());
        if (key !== name) (this.#written ??= new Map()).set(key, name);
        else this.#written?.delete(key);
    }

    delete(name: string): void {
        const key = name.toLowerCase();
        this.#values.delete(key);
        this.#written?.delete(key);
    }

    toJSON({ preserveCase = false }: { preserveCase?: boolean } = {}): Record<string, string> {
        return Object.fromEntries(preserveCase ? this : this.#values);
    }

    *[Symbol.iterator](): Generator<[string, string], void> {
        for (const [key, value] of this.#values) yield [this.#written?.get(key) ?? key, value];
    }

    /** Name after value after name, as undici takes them. */
    toList(): string[] {
        const list: string[] = [];
        for (const [key, value] of this.#values) list.push(this.#written?.get(key) ?? key, value);
        return list;
    }
}
