/** One entity as the service shows it, with nothing of it read as a number of JavaScript. */
export interface EntityFacts {
    readonly partitionKey: string;
    readonly rowKey: string;
    /** `W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"`. */
    readonly etag: string;
    /** `2026-01-02T03:04:05.1234567Z`: the service's clock at its last change. */
    readonly timestamp: string;
    /** Its own properties, without keys and timestamp. */
    readonly properties: ReadonlyMap<string, PropertyFacts>;
    /** What is sent to write the same entity: JSON, properties in the order of their names. */
    readonly text: string;
}

export interface PropertyFacts {
    /** `Edm.Int64`; undefined where the value's own form tells: texts, booleans, 32-bit integers. */
    readonly type: string | undefined;
    /** As JSON. */
    readonly text: string;
}

/** A number that JavaScript would write otherwise: `1.0` is a double, `1` is none. */
class NumberText {
    constructor(readonly text: string) {}
}

type Fields = Record<string, unknown>;

/** `JSON.parse` gives the source of a value since V8 11.4: https://github.com/tc39/proposal-json-parse-with-source */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

const keepNumbers: Reviver = (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && source !== String(value)
        ? new NumberText(source)
        : value;

function parse(text: string): unknown {
    return JSON.parse(text, keepNumbers as (key: string, value: unknown) => unknown);
}

/** The entities of a page of a listing. Throws `SyntaxError` where the answer is none. */
export function parsePage(text: string): EntityFacts[] {
    const { value } = parse(text) as { value?: unknown };
    if (!Array.isArray(value)) throw new SyntaxError("the answer is no page of entities");
    return value.map((fields) => toFacts(fields as Fields, undefined));
}

/** The entity of an answer to Get Entity. */
export function parseEntity(text: string, etag: string | undefined): EntityFacts {
    return toFacts(parse(text) as Fields, etag);
}

function toFacts(fields: Fields, etag: string | undefined): EntityFacts {
    const { PartitionKey: partitionKey, RowKey: rowKey, Timestamp: timestamp } = fields;
    const tag = etag ?? fields["odata.etag"];
    if (typeof partitionKey !== "string" || typeof rowKey !== "string" || typeof tag !== "string") {
        throw new SyntaxError("the answer has an entity without keys or ETag");
    }
    const properties = propertiesOf(fields);
    return {
        partitionKey,
        rowKey,
        etag: tag,
        timestamp: typeof timestamp === "string" ? timestamp : "",
        properties,
        text: toText(partitionKey, rowKey, properties),
    };
}

const ownFields: ReadonlySet<string> = new Set(["PartitionKey", "RowKey", "Timestamp"]);
const typeSuffix = "@odata.type";

function propertiesOf(fields: Fields): Map<string, PropertyFacts> {
    const names = Object.keys(fields).filter(
        (name) => !ownFields.has(name) && !name.startsWith("odata.") && !name.endsWith(typeSuffix),
    );
    const known = names.sort().flatMap((name): [string, PropertyFacts][] => {
        const value = fields[name];
        // The service keeps no null: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#property-types
        if (value === null || value === undefined) return [];
        const text = value instanceof NumberText ? value.text : JSON.stringify(value);
        const type = fields[`${name}${typeSuffix}`];
        return [[name, { type: typeof type === "string" ? type : impliedType(value, text), text }]];
    });
    return new Map(known);
}

/** Only NaN and the infinities are shown with the type of doubles. To write one, its type is always told. */
function impliedType(value: unknown, text: string): string | undefined {
    const isNumber = typeof value === "number" || value instanceof NumberText;
    return isNumber && /[.eE]/.test(text) ? "Edm.Double" : undefined;
}

function toText(partitionKey: string, rowKey: string, properties: Map<string, PropertyFacts>): string {
    const fields = [`"PartitionKey":${JSON.stringify(partitionKey)}`, `"RowKey":${JSON.stringify(rowKey)}`];
    for (const [name, { type, text }] of properties) {
        if (type !== undefined) fields.push(`${JSON.stringify(name + typeSuffix)}:${JSON.stringify(type)}`);
        fields.push(`${JSON.stringify(name)}:${text}`);
    }
    return `{${fields.join(",")}}`;
}
