/** An entity's place. */
export interface EntityName {
    readonly table: string;
    readonly partitionKey: string;
    readonly rowKey: string;
}

/** What a listing asks for once more by a name of its own: the service's own tables of logs and metrics start so. */
const systemPrefix = "$";

/**
 * `table/PartitionKey/RowKey`. Nothing is escaped, and still no two entities have one name: neither tables' names nor
 * keys can have a slash in them.
 */
export function joinName({ table, partitionKey, rowKey }: EntityName): string {
    return `${table}/${partitionKey}/${rowKey}`;
}

/** Undefined where it is no entity's name. Keys may be empty. */
export function splitName(name: string): EntityName | undefined {
    const [table, partitionKey, rowKey, ...rest] = name.split("/");
    if (table === undefined || partitionKey === undefined || rowKey === undefined) return undefined;
    return rest.length === 0 ? { table, partitionKey, rowKey } : undefined;
}

/** `$MetricsHourPrimaryTransactionsBlob`: the service writes them, nobody else can. */
export function isSystemTable(name: string): boolean {
    return name.startsWith(systemPrefix);
}

/** https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#table-names */
export function invalidTableName(name: string): string | undefined {
    if (name.toLowerCase() === "tables") return 'a table can\'t be called "tables"';
    return /^[A-Za-z][A-Za-z0-9]{2,62}$/.test(name)
        ? undefined
        : "a table's name has 3 to 63 letters and digits, and begins with a letter";
}

/**
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#characters-disallowed-in-key-fields
 */
export function invalidEntityName(name: string): string | undefined {
    const parts = splitName(name);
    if (parts === undefined) return "an entity is named table/PartitionKey/RowKey";
    return (
        invalidTableName(parts.table) ??
        invalidKey("PartitionKey", parts.partitionKey) ??
        invalidKey("RowKey", parts.rowKey)
    );
}

function invalidKey(which: string, key: string): string | undefined {
    // eslint-disable-next-line no-control-regex -- the service names these very characters
    if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(key))
        return `its ${which} has a character that keys can't have: / \\ # ? or a control character`;
    // 1 KiB of UTF-16.
    return key.length > 512 ? `its ${which} has more than 512 characters` : undefined;
}

/**
 * Tables' names are the same whatever their case; keys are not. What is no entity's name stays as it is: so patterns count
 * case, as they must for keys.
 */
export function entityKey(name: string): string {
    const slash = name.indexOf("/");
    return slash < 0 ? name : name.slice(0, slash).toLowerCase() + name.slice(slash);
}

/**
 * Table by table, and in each as the service lists: by partition key, then by row key, by code units.
 * https://learn.microsoft.com/rest/api/storageservices/query-entities#remarks
 */
export function compareEntityNames(a: string, b: string): number {
    const [left, right] = [entityKey(a).split("/"), entityKey(b).split("/")];
    for (let part = 0; part < 3; part += 1) {
        const order = compareText(left[part] ?? "", right[part] ?? "");
        if (order !== 0) return order;
    }
    return 0;
}

export function compareText(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
