import type { ServiceResponse } from "../../contract.js";

/** An element, as it is sent. */
export interface Element {
    readonly text: string;
}

/** With text, which is escaped, or with elements; `attributes` that are undefined are left out. */
export function element(
    name: string,
    content: string | readonly (Element | undefined)[],
    attributes: Record<string, string | undefined> = {},
): Element {
    const shown = Object.entries(attributes)
        .filter((entry): entry is [string, string] => entry[1] !== undefined)
        .map(([key, value]) => ` ${key}="${escape(value).replaceAll('"', "&quot;")}"`)
        .join("");
    const inner =
        typeof content === "string" ? escape(content) : content.map((child) => child?.text ?? "").join("");
    return { text: inner === "" ? `<${name}${shown} />` : `<${name}${shown}>${inner}</${name}>` };
}

/** An element, or nothing where there is no value. */
export function optional(name: string, value: string | undefined): Element | undefined {
    return value === undefined ? undefined : element(name, value);
}

/** A name. Characters that XML has no way for come percent-encoded, and marked. */
export function encodedName(name: string, tag = "Name"): Element {
    return /[\uFFFE\uFFFF]/.test(name)
        ? element(tag, encodeURIComponent(name), { Encoded: "true" })
        : element(tag, name);
}

/** 200 with a document. */
export function xml(root: Element, headers: Record<string, string> = {}): ServiceResponse {
    return {
        status: 200,
        headers: { "content-type": "application/xml", ...headers },
        body: `\uFEFF<?xml version="1.0" encoding="utf-8"?>${root.text}`,
    };
}

/** With the names that XML has of its own: the JavaScript SDK's parser knows no numbers of characters. */
function escape(text: string): string {
    return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
