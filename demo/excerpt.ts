import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { resourceName } from "./changes.js";
import { programFolder } from "./deployment.js";

/** How many items of one map are shown before the rest is counted. */
const itemsShown = 6;

/** The beginning of the types of our resources. */
const ourTypes = "pulumi-nodejs:dynamic/azure-dataplane/";

/** Lines of `pulumi preview --diff` about a resource that say nothing to a reader of the demo. */
const bookkeeping = /^\s*(\[(urn|id|provider)=|__\w+\s*:)/;

/**
 * The part of `pulumi preview --diff` that is about one resource: its heading and its `items`, long lists cut short.
 *
 * @param output What the command printed.
 * @param type The end of the resource's type: `keyvault:Secrets`.
 * @param name The resource's name in the program.
 * @param properties The names of inputs to show.
 */
export function diffOf(output: string, type: string, name: string, properties = ["items"]): string[] {
    const block = blocks(output).find(([heading = "", ...rest]) => {
        return heading.includes(`${type}:`) && rest.some((line) => line.endsWith(`::${name}]`));
    });
    if (block === undefined) return [];
    const [heading = "", ...rest] = block;
    const body = rest.filter((line) => !bookkeeping.test(line));
    return outdent([shortType(heading), ...body.reduce(onlyProperties(properties), new Selection()).shown()]);
}

/** The lines of the demo's program between `// #region NAME` and `// #endregion`. */
export async function programExcerpt(region: string): Promise<string[]> {
    const program = lines(await readFile(join(programFolder, "index.ts"), "utf8"));
    const start = program.indexOf(`// #region ${region}`);
    const end = program.indexOf("// #endregion", start);
    return program.slice(start + 1, end);
}

/**
 * What `pulumi up` says of each resource when it is done, in one line each: `+ keyvault:Secrets app created (0.45s) …`.
 * The common beginning of our types, which says nothing to a reader, is left out.
 */
export function doneLines(output: string): string[] {
    return lines(output).flatMap((line) => {
        const match = /^\s*([+~-])\s+(\S+) (\S+) ((?:created|updated|deleted)\b.*)$/.exec(line);
        if (match === null) return [];
        const [, mark = "", type = "", name = "", done = ""] = match;
        return type === "pulumi:pulumi:Stack"
            ? []
            : [`${mark} ${shortType(type)} ${name} ${done.replace(/\[diff: .*?\];? ?/, "")}`];
    });
}

/** The first line of progress that says what is waited for, without the resource that it stands beside. */
export function waitingLine(output: string): string | undefined {
    return lines(output)
        .map((line) => /(waiting for .*)$/.exec(line)?.[1])
        .find((text) => text !== undefined);
}

/** What one resource says in a preview: the lasting lines beside it. */
export function messagesOf(events: readonly EngineEvent[], name: string): string[] {
    return events.flatMap(({ diagnosticEvent }) => {
        if (diagnosticEvent?.urn === undefined || diagnosticEvent.ephemeral === true) return [];
        if (resourceName(diagnosticEvent.urn) !== name) return [];
        // The engine's marks of colours stand in the text.
        return lines(diagnosticEvent.message.replaceAll(/<\{%.*?%\}>/g, "")).filter((line) => line !== "");
    });
}

/** The counts at the end: `Resources:`, `+ 11 created`, `Duration: 9s`. */
export function totalLines(output: string): string[] {
    const all = lines(output);
    const start = all.findLastIndex((line) => line.startsWith("Resources:"));
    return start < 0 ? [] : all.slice(start).filter((line) => line.trim() !== "");
}

/** Collects the lines of wanted properties and cuts long ones. */
class Selection {
    readonly #lines: string[] = [];
    #hidden = 0;
    #inside: number | undefined;

    take(line: string, properties: readonly string[]): void {
        const indent = line.search(/[^\s+~-]/);
        const name = /^[\s+~-]*"?([\w-]+)"?\s*:/.exec(line)?.[1];
        if (this.#inside === undefined) {
            if (name === undefined || !properties.includes(name)) return;
            this.#lines.push(line);
            if (/[{[]\s*$/.test(line)) this.#inside = indent;
            return;
        }
        if (indent <= this.#inside) {
            this.#closeWith(line);
        } else if (this.#lines.length <= itemsShown) {
            this.#lines.push(line);
        } else {
            this.#hidden += 1;
        }
    }

    shown(): string[] {
        return this.#lines;
    }

    #closeWith(line: string): void {
        const last = this.#lines.at(-1) ?? "";
        const padding = " ".repeat(Math.max(0, last.search(/[^\s+~-]/)));
        if (this.#hidden > 0) this.#lines.push(`${padding}… and ${String(this.#hidden)} more`);
        this.#lines.push(line);
        this.#hidden = 0;
        this.#inside = undefined;
    }
}

function shortType(type: string): string {
    return type.replace(ourTypes, "");
}

function onlyProperties(properties: readonly string[]) {
    return (selection: Selection, line: string): Selection => {
        selection.take(line, properties);
        return selection;
    };
}

/** The output in parts, one for each resource: the heading with the type, then all that is indented below it. */
function blocks(output: string): string[][] {
    const found: string[][] = [];
    for (const line of lines(output)) {
        if (/^\s*[+~-]*\s*[\w-]+:[\w/.-]+:[\w]+: \(/.test(line)) found.push([line]);
        else found.at(-1)?.push(line);
    }
    return found;
}

function lines(output: string): string[] {
    return stripVTControlCharacters(output).split("\n");
}

function outdent(block: readonly string[]): string[] {
    const indents = block.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
    const least = Math.min(...indents, Number.MAX_SAFE_INTEGER);
    return block.map((line) => line.slice(Math.min(least, line.length)).trimEnd());
}
