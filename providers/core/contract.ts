import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import type { ZodType } from "zod";
import type { Denial, OwnAccess, OwnAccessQuestion } from "./access.js";
import type { Cloud } from "./clouds.js";
import type { DisturbingReads } from "./disturbing-reads.js";
import type { Batching, BatchAnswer, BatchWrite } from "./batching.js";
import type { Billing, Parts } from "./estimate/billing.js";
import type { PriceTable } from "./estimate/prices.js";
import type { Json } from "./json.js";

/**
 * `template` carries structure only: names, properties, placeholders; it needs no right to read contents
 * and never touches an item that exists at the target. `replication` carries the data.
 */
export type Mode = "template" | "replication";
export type Side = "source" | "target";

/** The URL of each data plane of one resource, by the service's own name: `{ blob: "https://…/" }`. */
export type Endpoints = Readonly<Record<string, string>>;

/** What ARM answers to `GET` on a resource ID; only the members that every type has. */
export interface ArmResource {
    id: string;
    name: string;
    type: string;
    location?: string;
    kind?: string;
    tags?: Record<string, string>;
    properties?: Record<string, Json>;
}

/** One Azure resource, found: by its ARM resource ID, or by a URL where there is no right to read ARM. */
export interface ResourceRef {
    /** Undefined where only a URL is known. */
    id?: string;
    type: string;
    name: string;
    endpoints: Endpoints;
    location?: string;
    /** `Enabled`, `Disabled` and the like, as ARM has it; undefined where it doesn't say. */
    publicNetworkAccess?: string;
    /** As the user named it. */
    reference: string;
}

/** What knows one kind of Azure resource. The default export (`plugin`) of `providers/<kind>/index.ts`. */
export interface Plugin {
    /** The folder's name; part of the state format: never renamed. */
    readonly kind: string;
    /** As people say it: `Azure Key Vault`. */
    readonly title: string;
    /** ARM types, such as `Microsoft.KeyVault/vaults`. */
    readonly resourceTypes: readonly string[];
    /** The ARM api-version that resources of these types are read with. */
    readonly apiVersion: string;
    /** The data planes of a resource, from ARM's own answer; never made of a name. */
    endpoints(resource: ArmResource): Endpoints;
    /**
     * Name and data planes behind a URL that the user gave, or undefined where it is not one of this kind. `type` is
     * for plugins with several ARM types; the first of `resourceTypes` unless it says otherwise.
     */
    fromUrl(url: URL): { name: string; endpoints: Endpoints; type?: string } | undefined;
    /**
     * Whether a resource's name occurs once in a cloud, as it does where it is part of a host name. Default true;
     * false for types such as virtual machines, whose names are unique in their resource group only.
     */
    readonly uniqueNames?: boolean;
    /** What its services cost. Absent: nobody knows. */
    readonly prices?: PriceTable;
    readonly elements: Readonly<Record<string, ElementType>>;
}

/** An Azure built-in role: its display name and the GUID of its definition, the same in every tenant. */
export interface BuiltInRole {
    readonly name: string;
    readonly id: string;
}

/** What a principal needs on one side, and the least built-in role that has it. */
export interface Permission {
    readonly actions: readonly string[];
    readonly dataActions: readonly string[];
    readonly role: BuiltInRole;
    /** Why it is needed, as a phrase: `read the values of secrets`. */
    readonly purpose: string;
}

/** A documented request limit of a service. */
export interface RateLimit {
    readonly name: string;
    readonly count: number;
    readonly perMilliseconds: number;
    /** Whether a request counts against it. */
    applies(method: string, url: URL): boolean;
    /** How many requests it counts as, by its body where that is a text. Default 1. */
    cost?(body: string | undefined): number;
    /** Where the figure is documented. */
    readonly source: string;
}

/** The service's documented limits; pacing and estimates use the same figures. */
export interface Limits {
    /** Items in flight at once. */
    readonly concurrency: number;
    readonly rates: readonly RateLimit[];
    /** How many requests one item costs, by the name of the rate, when it is copied in that mode. */
    requestsPerItem(mode: Mode): Readonly<Record<string, number>>;
    /** Items on a page of a listing, where pages are so small that listing takes time. For estimates. */
    readonly itemsPerPage?: number;
    /** Bytes per second through this process, for estimates. Undefined where size hardly matters. */
    readonly bytesPerSecond?: number;
    /** How large contents go in parts, by their path. For estimates. Absent: each goes with one request. */
    readonly parts?: { readonly streamed: Parts; readonly serverSide: Parts };
    /** What requests are billed as. Absent: nobody knows. */
    readonly billed?: Billing;
}

/** Facts about an element type, not wishes; the conformance suite checks them against the store. */
export interface Features {
    readonly modes: readonly Mode[];
    /** `key`: listings come in the order of `ElementType.compare`. `none`: any order. */
    readonly order: "key" | "none";
    /** How items stand in inputs and state unless the user says otherwise. */
    readonly detail: Detail;
    /** The listing carries a digest of the content that both sides compute alike. */
    readonly digest: boolean;
    /** Contents are small enough to compare by value. */
    readonly comparesValues: boolean;
    /** The service keeps older versions of an item when it is written. */
    readonly keepsVersions: boolean;
    /** A removed item can be recovered for a while. */
    readonly softDelete: boolean;
    /** The service can move the data itself. */
    readonly serverSideCopy: boolean;
    /** Items may get another name at the target. */
    readonly rename: boolean;
    /** The user may give an item's content. */
    readonly overrides: boolean;
    /** An ownership marker can be written beside an item. */
    readonly marker: boolean;
    /** Contents are texts in which the user may have parts replaced on their way. */
    readonly rewrite: boolean;
    /** How finely listings and writes' answers show when an item changed, in milliseconds. Default: 1,000, as HTTP dates. */
    readonly modifiedMilliseconds?: number;
}

export type Detail = "items" | "groups";

/** One sort of content in a kind of resource. */
export interface ElementType<Content = unknown> {
    /** Part of the state format: never renamed. */
    readonly name: string;
    /** What one of them is called: `secret`. */
    readonly singular: string;
    /** Element types of the same plugin that must be there first. */
    readonly after?: readonly string[];
    readonly features: Features;
    readonly limits: Limits;
    /** Element-specific arguments; unknown ones are an error before anything is read. */
    readonly options: ZodType<Record<string, unknown>>;
    permissions(mode: Mode, options: Readonly<Record<string, unknown>>): Record<Side, readonly Permission[]>;
    /**
     * Requests other than GET, HEAD and OPTIONS that read at the source without changing it. The guard lets
     * nothing else through. For ARM and the data plane alike.
     */
    sourceReads(method: string, url: URL): boolean;
    /** Reads that change something where they read. Absent: the element type has none. */
    readonly disturbingReads?: DisturbingReads;
    /** Whether sending the request twice leaves what sending it once leaves. GET and HEAD are, but for `disturbingReads`. */
    idempotent(method: string, url: URL): boolean;
    /** Why this name can't be used at the target, or undefined where it can. No I/O. */
    invalidName(name: string): string | undefined;
    /** The name as this service compares it (Key Vault ignores case). */
    key(name: string): string;
    /** The order of listings where `features.order` is `key`. */
    compare(a: string, b: string): number;
    /**
     * Makes a content of a value that the user gave. Only where `features.overrides`. Throws `InvalidArgument`, before
     * anything is read, for a value that is none; its message never holds the value.
     */
    override?(value: string): Content;
    /** A copy of the content with every text in it replaced. Only where `features.rewrite`. */
    rewrite?(content: Content, replace: (text: string) => string): Content;
    /**
     * What to do about a denial that this service has from a system of its own beside Azure's roles (access policies,
     * logins of a database), or undefined where roles decided.
     */
    denied?(denial: Denial): string | undefined;
    /** Which items may be written with one request. Only where the store has `putMany`. */
    readonly batches?: Batching<Content>;
    /**
     * What that system of the service's own grants a caller, by ARM's answer for the resource; undefined where Azure's
     * roles decide over its data. No I/O. Absent: they always do.
     */
    ownAccess?(question: OwnAccessQuestion): OwnAccess | undefined;
    open(resource: ResourceRef, context: Context): Promise<Store<Content>>;
}

/** What a store works with. Clients are made with this `httpClient` and no retry or pacing of their own. */
export interface Context {
    readonly side: Side;
    readonly mode: Mode;
    readonly credential: TokenCredential;
    readonly cloud: Cloud;
    /**
     * Carries the guard of the source, retries with Retry-After, pacing and the count of requests, for every SDK
     * alike. SDK clients get it as `httpClient`.
     */
    readonly httpClient: HttpClient;
    readonly signal: AbortSignal;
    readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The items of one element type in one resource, on one side. `Content` is what an item holds: a secret's value, a
 * blob's byte stream.
 */
export interface Store<Content = unknown> {
    /** Metadata only, lazily paged. A failure throws; an incomplete listing never ends as if complete. */
    list(options?: ListOptions): AsyncIterable<Item>;
    /** One item's metadata; undefined only where the service says that it is not there. */
    find(name: string): Promise<Item | undefined>;
    /** Replication mode only. Large content is a stream. */
    get(item: Item): Promise<Content>;
    /** Writes content and properties under `item.name`. Answers with the item as the target now has it. */
    put(item: Item, content: Content, options: PutOptions): Promise<Item>;
    /**
     * Writes several items as `put` would, each on its own condition, with one request that is carried out as a whole or
     * not at all. Only where the element type has `batches`, whose limits hold. Throws where nothing is known of any one of
     * them: whether they were written is then open.
     */
    putMany?(writes: readonly BatchWrite<Content>[]): Promise<BatchAnswer>;
    /** Template mode: an item without content, where that makes sense. */
    putEmpty?(item: Item, options: PutOptions): Promise<Item>;
    /** Brings the properties of an item whose content is right already. Absent: `put` does it. */
    putProperties?(
        item: Item,
        options: PutOptions & { existing: Item },
        /** Where the item is from, for what no listing shows of it. Replication always gives it. */
        source?: Store<Content>,
    ): Promise<Item>;
    /**
     * Looks, at the target, at an item of the source before anything is decided about it; no content is read. Answers
     * with what can be carried: with `lost` where this target can't have it at all (or without it, where this target
     * can have what others can't), with `losses` for what will be missing. Throws `InvalidItem` where the user must
     * change something first. Absent: the target takes whatever the source lists.
     */
    foresee?(item: Item, source: Store<Content>, outlook: Outlook): Promise<Item>;
    /**
     * Looks, at the target, before anything is read or written, whether there is room for groups of that size. Asked only
     * where items stand by group, about groups of the source as they were previewed. Throws `InvalidArgument` where
     * there is not. Absent: there is no limit that could be looked at.
     */
    checkRoom?(
        groups: Readonly<Record<string, { readonly bytes: number }>>,
        source: Store<Content>,
    ): Promise<void>;
    /**
     * Whether the items differ in what the service changes without a new `modified`, and what both sides can show: a
     * watermark says nothing about that. Absent: there is no such thing.
     */
    differsSilently?(source: Item, target: Item): boolean;
    /**
     * Whether a source that changed since it was copied still has the content that was copied, as far as both listings
     * show. Asked only about a target that is as we left it: then `putProperties` brings what else there is. Absent: what
     * changed has another content.
     */
    keepsContent?(source: Item, target: Item): boolean;
    /** What the target's item lacks for good of the source's, after it was dealt with. */
    shortfall?(source: Item, target: Item): readonly Loss[];
    /**
     * Whether writing `content` over `existing` only goes on where a write of it ended, and takes nothing away: then the
     * item counts as ours. Only where `features.comparesValues`.
     */
    continues?(content: Content, existing: Content): boolean;
    /** Whether the service would move the data of items of that source itself. Absent: as `serverSideCopy` says. */
    movesDataFrom?(source: Store<Content>): Promise<boolean>;
    /**
     * The service moves the data, not this process. Throws a `DataplaneError` with `serviceCode`
     * `ServerSideCopyRefused` where it won't (firewall, policy), and nothing was written but what is marked as a
     * placeholder: the item is then looked at again and goes through this process, and so do all others; with `ServerSideCopyRefusedForItem` it alone does. A
     * source that changed while it was copied is a `Conflict` of the side `source`: it is looked at once more.
     */
    copyFrom?(source: Store<Content>, sourceItem: Item, item: Item, options: PutOptions): Promise<Item>;
    /** Writes our marker on an item that is adopted. Only where `features.marker`. */
    mark?(item: Item, owner: string): Promise<Item>;
    /** Removes the item if it still has that version; missing is success. */
    remove(name: string, options: { expected?: Item }): Promise<void>;
    /** Whether two contents are the same. Only where `features.comparesValues`. */
    equal?(a: Content, b: Content): boolean;
    /**
     * Whether two contents of the same length are the same, where they are streams: reads both side by side, in bounded
     * memory, up to the first difference. Asked only where nothing cheaper can prove an item equal that would be a
     * conflict. Absent: such items stay conflicts.
     */
    equalStreams?(a: Content, b: Content): Promise<StreamComparison>;
}

/** What a comparison of two streams found. */
export interface StreamComparison {
    readonly equal: boolean;
    /** Bytes that were read of each. */
    readonly bytes: number;
}

export interface ListOptions {
    /** Only these groups (containers, partitions), where items have groups. */
    groups?: readonly string[];
    /** Items with their owners, also where that takes a request for each. Default: where a listing shows them. */
    owners?: boolean;
}

/** What is known about an item when its target looks at it. */
export interface Outlook {
    /** What it is to be called at the target. */
    readonly name: string;
    /** The target's item of that name, if there is one. */
    readonly existing?: Item | undefined;
    /**
     * The content must go through this process: the user gives it or has parts of it replaced, or the service has
     * refused in this run to move data itself.
     */
    readonly streamed: boolean;
}

export interface PutOptions {
    /** The target's item as it was when the write was decided; undefined: there was none. Writes are conditional on it. */
    existing?: Item | undefined;
    /** Our ownership marker, to be written beside the item. */
    owner?: string | undefined;
}

/** One item, as a listing shows it: never its content. */
export interface Item {
    readonly name: string;
    /** Short readable fingerprint from what the listing returns; changes whenever the item changes. Not of content. */
    readonly version: string;
    readonly bytes?: number;
    /** How many writes it takes at the target, where that is not one: a secret with all its versions. For estimates. */
    readonly writes?: number;
    /** What is carried beside the content, alike on both sides: compared as canonical JSON. */
    readonly properties: Readonly<Record<string, Json>>;
    /** The service's own digest of the content, only in memory. */
    readonly digest?: string;
    /** The service's clock at its last change. */
    readonly modified?: Date;
    /** The container, share or partition, where the element type has such. */
    readonly group?: string;
    /** Template mode put it there, without content; replication may write over it. */
    readonly placeholder?: boolean;
    /** The marker of the replica that created it. */
    readonly owner?: string;
    /** The service can't move this one itself: set by the target that foresees it. */
    readonly streamed?: boolean;
    /** What of it can't come along. */
    readonly losses?: readonly Loss[];
    /** It can't come along at all. */
    readonly lost?: Loss;
}

/** Something that can't be carried over, and why. */
export interface Loss {
    readonly item: string;
    /** What is lost: `item`, `value`, `tags`. */
    readonly what: string;
    readonly reason: string;
    readonly remedy?: string;
    /**
     * Worth knowing, but the item counts as faithful: it is about something that no client can carry, such as the date
     * of creation.
     */
    readonly minor?: boolean;
}
