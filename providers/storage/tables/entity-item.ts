import { hash } from "node:crypto";
import type { Item } from "../../core/contract.js";
import { sizeOf, tooLarge } from "./entity-limits.js";
import type { EntityFacts } from "./entity-text.js";
import { joinName } from "./names.js";

const etagForm = /^W\/"datetime'([^']+)'"$/;

/** A short form of the ETag that gives the ETag back: the time in it, where it is made of one. */
export function versionOf(etag: string): string {
    const time = etagForm.exec(etag)?.[1];
    if (time === undefined) return etag;
    const version = decodeURIComponent(time);
    return etagOf(version) === etag ? version : etag;
}

/** The ETag that a version was made of. */
export function etagOf(version: string): string {
    return /^\d{4}-/.test(version) ? `W/"datetime'${encodeURIComponent(version)}'"` : version;
}

/** The time of the last change: the service's clock, of which milliseconds are kept. */
function modifiedOf(text: string): Date | undefined {
    const time = Date.parse(text);
    return Number.isNaN(time) ? undefined : new Date(time);
}

/** The digest is of what is written: both sides make it alike. It stays in memory. */
function digestOf(text: string): string {
    return hash("sha256", text, "base64");
}

/** The item of an entity; `table` as the run calls it. */
export function toEntityItem(table: string, facts: EntityFacts): Item {
    const { partitionKey, rowKey, etag, timestamp, text } = facts;
    const name = joinName({ table, partitionKey, rowKey });
    const modified = modifiedOf(timestamp);
    const lost = tooLarge(name, facts);
    return {
        name,
        version: versionOf(etag),
        bytes: sizeOf(facts),
        properties: {},
        digest: digestOf(text),
        group: table,
        ...(modified === undefined ? {} : { modified }),
        ...(lost === undefined ? {} : { lost }),
    };
}

/** The item of what was just written, with the ETag of the answer. */
export function writtenItem(item: Item, text: string, etag: string): Item {
    const version = versionOf(etag);
    const modified = modifiedOf(version);
    return {
        name: item.name,
        version,
        properties: {},
        digest: digestOf(text),
        ...(item.bytes === undefined ? {} : { bytes: item.bytes }),
        ...(item.group === undefined ? {} : { group: item.group }),
        ...(modified === undefined ? {} : { modified }),
    };
}
