import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { TokenCredential } from "@azure/core-auth";
import type { LoggedRequest } from "../../emulator/contract.js";
import type { Tenant } from "../../emulator/identities.js";
import type { Endpoints, Side } from "../../providers/core/contract.js";

/** An item as a test wants it at a side. */
export interface Sample {
    readonly name: string;
    /** Undefined where the element type has no content. */
    readonly content: Buffer | undefined;
    /** What stands beside the content, in the fixture's own terms. */
    readonly properties: Readonly<Record<string, unknown>>;
}

/** An item as the official SDK reads it: everything that a copy must have too, and nothing that can't be the same. */
export interface Snapshot {
    /** Base64; absent where the element type has none, or the service gives none away. */
    readonly content?: string;
    readonly properties: Readonly<Record<string, unknown>>;
    /** The owner's marker, which is no part of what is compared. */
    readonly owner?: string;
    /** It is what template mode leaves: a name without content. */
    readonly placeholder?: boolean;
}

/** The items of one resource through the official SDK: seeding and looking, never through the product. */
export interface Items {
    /** Makes or replaces an item. */
    put(sample: Sample): Promise<void>;
    /** Takes it away; it must be there. */
    remove(name: string): Promise<void>;
    /** Undefined where it is not there. */
    read(name: string): Promise<Snapshot | undefined>;
    names(): Promise<string[]>;
    /** How many versions the service keeps of it. Only where `features.keepsVersions`. */
    versions?(name: string): Promise<number>;
    /** Whether it was removed and can be recovered. Only where `features.softDelete`. */
    isRecoverable?(name: string): Promise<boolean>;
}

/** Where the items of a fixture are. */
export interface Connection {
    readonly side: Side;
    readonly endpoints: Endpoints;
    /** May do everything. */
    readonly credential: TokenCredential;
}

/** How the conformance suite handles one element type. The default export of `fixtures/<kind>-<element>.ts`. */
export interface Fixture {
    /** The body of an empty resource, as ARM takes it. */
    resource(tenant: Tenant): Readonly<Record<string, unknown>>;
    /** The body of the same resource, closed to everybody by its network rules. */
    closed(tenant: Tenant): Readonly<Record<string, unknown>>;
    /** Roles that let a test do everything with the items, by name. */
    readonly seedingRoles: readonly string[];
    connect(connection: Connection): Promise<Items>;
    /** The element type's own arguments with which all of an item is carried. Default: none. */
    readonly options?: Readonly<Record<string, unknown>>;
    /** What else is to conform, by a title: other arguments, resources of another sort. All checks run with each. */
    readonly variants?: Readonly<Record<string, Partial<Fixture>>>;
    /** For so many seconds a run that was killed may keep others from an item. Default 0. */
    readonly recoverySeconds?: number;
    /** Valid items: another for each number, the same for the same number. Content and properties are not trivial. */
    sample(number: number): Sample;
    /** The same name with another content, or with other properties. */
    changed(sample: Sample, what: "content" | "properties"): Sample;
    /** What the type allows at its edges: nothing, a lot, long and foreign names, every property. */
    edgeCases(): readonly { readonly title: string; readonly sample: Sample }[];
    /** Makes an item that can't be carried in replication mode and answers with its name. */
    readonly uncarriable?: (items: Items) => Promise<string>;
    /** The method of the request that writes an item. Default: PUT. */
    readonly writeMethod?: "POST";
    /** What a user may give as an item's content, and the content that it is then. Default: any text, as it is. */
    readonly given?: () => Promise<{ readonly value: string; readonly content: Buffer }>;
    /** Why the service can't move data between the suite's two resources, which are in two tenants. Default: it can. */
    readonly apart?: string;
    /** Both resources are in one subscription and region: the service moves such data nowhere else. Default: two tenants. */
    readonly together?: boolean;
    /** Whether a request reads the content of an item, which template mode must not do. */
    readsContent(request: LoggedRequest): boolean;
    /** Whether a request lists items (not one item's versions). */
    lists(request: LoggedRequest): boolean;
    /** A whole run reads the source with one request: faults strike that one. Default: with more than one. */
    readonly readsOnce?: boolean;
    /** So many items take at least three pages, with `smallPages` where there is one. */
    readonly severalPages: number;
    /**
     * Asks for small pages in the URL of a listing, where the service's own are too large for a test. A service may
     * end any page early.
     */
    readonly smallPages?: (url: URL) => void;
}

/** Where the fixture of an element type such as `keyvault/secrets` is. */
export function fixtureFile(key: string): string {
    return join(__dirname, "fixtures", `${key.replace("/", "-")}.ts`);
}

/** The fixture of an element type; undefined where it has none. */
export function loadFixture(key: string): Fixture | undefined {
    const file = fixtureFile(key);
    if (!existsSync(file)) return undefined;
    return (createRequire(__filename)(file) as { fixture: Fixture }).fixture;
}
