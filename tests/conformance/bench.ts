import { randomUUID } from "node:crypto";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { createDefaultHttpClient } from "@azure/core-rest-pipeline";
import type { LocalAzure } from "../../emulator/local-azure.js";
import type { ElementType, Item, Mode, Permission, Side, Store } from "../../providers/core/contract.js";
import { Pacer } from "../../providers/core/http/pace.js";
import { openStore } from "../../providers/core/open.js";
import type { ElementEntry } from "../../providers/core/registry.js";
import { replicate } from "../../providers/core/replication/replicate.js";
import type {
    Copied,
    ReplicationRequest,
    ReplicationResult,
} from "../../providers/core/replication/types.js";
import type { Fixture, Sample } from "./fixture.js";
import { createPlace, type Place } from "./place.js";
import { quickTiming, type QuickTiming } from "./quick-timing.js";

export interface OpenOptions {
    readonly mode?: Mode;
    readonly signal?: AbortSignal;
    readonly timing?: QuickTiming;
    /** Instead of the place's resource ID. */
    readonly reference?: string;
    readonly options?: Readonly<Record<string, unknown>>;
}

export type Change = Partial<ReplicationRequest> & { readonly timing?: QuickTiming };

/** What a check works with: an element type, its fixture, and two fresh resources in two tenants. */
export class Bench {
    readonly element: ElementType;
    /** Of the last replication; the next one goes on from it. */
    copied: Copied = {};
    readonly #network: HttpClient;

    private constructor(
        readonly azure: LocalAzure,
        readonly entry: ElementEntry,
        readonly fixture: Fixture,
        readonly source: Place,
        readonly target: Place,
    ) {
        this.element = entry.element;
        this.#network = createDefaultHttpClient();
    }

    static async create(azure: LocalAzure, entry: ElementEntry, fixture: Fixture): Promise<Bench> {
        const source = await createPlace(azure, entry, fixture, "source");
        const target = await createPlace(azure, entry, fixture, "target");
        const bench = new Bench(azure, entry, fixture, source, target);
        for (const place of [source, target]) bench.grantDeclared(place);
        azure.requests.clear();
        return bench;
    }

    place(side: Side): Place {
        return side === "source" ? this.source : this.target;
    }

    /** The mode that carries contents, where the type has it. */
    get fullMode(): Mode {
        return this.element.features.modes.includes("replication") ? "replication" : "template";
    }

    /** Valid items, one after the other. */
    samples(count: number, first = 0): Sample[] {
        return Array.from({ length: count }, (_, index) => this.fixture.sample(first + index));
    }

    async seed(side: Side, samples: readonly Sample[]): Promise<void> {
        const { items } = this.place(side);
        // A few at once: the order of arrival must not matter.
        for (let start = 0; start < samples.length; start += 8) {
            await Promise.all(samples.slice(start, start + 8).map((sample) => items.put(sample)));
        }
    }

    /** Lets the services' clocks move on, so that two changes don't fall into one second. */
    tick(): void {
        this.azure.clock.advance(1_500);
    }

    /** The roles that the element type says are the least that do. */
    grantDeclared(place: Place, mode: Mode = this.fullMode): void {
        for (const { role } of this.permissions(place.side, mode)) this.grant(place, role.name);
    }

    permissions(side: Side, mode: Mode = this.fullMode): readonly Permission[] {
        return this.element.permissions(mode, this.fixture.options ?? {})[side];
    }

    grant(place: Place, role: string, effectiveAfterMilliseconds = 0): void {
        const { roles } = this.azure;
        roles.assign({
            principalId: place.principal.objectId,
            role,
            scope: place.id,
            effectiveAfterMilliseconds,
        });
    }

    /** A role of its own with just these actions. */
    grantActions(place: Place, actions: readonly string[], dataActions: readonly string[]): void {
        const id = randomUUID();
        this.azure.roles.define({
            id,
            name: `conformance ${id}`,
            description: "For one check.",
            permissions: [{ actions, notActions: [], dataActions, notDataActions: [] }],
            assignableScopes: [place.id],
        });
        this.grant(place, id);
    }

    /** Takes all roles away that the product's principal has at the place. */
    revoke(place: Place): void {
        const { roles } = this.azure;
        for (const assignment of roles.assignments()) {
            const isOurs = assignment.principalId === place.principal.objectId.toLowerCase();
            if (isOurs && assignment.scope === place.id) roles.remove(assignment);
        }
    }

    /** Opens a store as the product does, on a clock that never waits. */
    async open(side: Side, options: OpenOptions = {}): Promise<Store> {
        const place = this.place(side);
        const { tenantId, clientId, secrets } = place.principal;
        const timing = options.timing ?? quickTiming();
        const ownArguments = options.options ?? this.fixture.options;
        const profiles = { [side]: { tenantId, clientId, clientSecret: secrets[0]?.value } };
        const opened = await openStore({
            plugin: this.entry.plugin,
            element: this.element,
            reference: options.reference ?? place.id,
            side,
            mode: options.mode ?? this.fullMode,
            profileName: side,
            settings: {
                get: (key) => (key === "azure-dataplane:profiles" ? JSON.stringify(profiles) : undefined),
            },
            environment: {},
            ...(ownArguments === undefined ? {} : { options: ownArguments }),
            ...(options.signal === undefined ? {} : { signal: options.signal }),
            http: { timing: timing.http, pacer: new Pacer(), baseClient: this.#wire() },
        });
        return opened.store;
    }

    /** Replicates what the source holds now, unless `change.items` says what was previewed. */
    async replicate(change: Change = {}): Promise<ReplicationResult> {
        const { timing = quickTiming(), ...rest } = change;
        const mode = change.mode ?? this.fullMode;
        const signal = change.signal ?? new AbortController().signal;
        const options = {
            mode,
            signal,
            timing,
            ...(change.options === undefined ? {} : { options: change.options }),
        };
        const source = change.source ?? (await this.open("source", options));
        const result = await replicate(
            {
                element: this.element,
                source,
                target: change.target ?? (await this.open("target", options)),
                mode,
                detail: "items",
                selection: {},
                items: change.items ?? (await this.preview(source)),
                copied: this.copied,
                onConflict: "fail",
                prune: false,
                accessTimeoutMilliseconds: 0,
                signal,
                ...(this.fixture.options === undefined ? {} : { options: this.fixture.options }),
                ...rest,
            },
            timing.replication,
        );
        this.copied = result.copied;
        return result;
    }

    /** The input `items` as a preview would make it. */
    async preview(source?: Store): Promise<Record<string, string>> {
        const listed = await collect((source ?? (await this.open("source"))).list());
        return Object.fromEntries(listed.map((item) => [item.name, item.version]));
    }

    /** Lets that pass by itself by which a killed run may keep others from an item. */
    recover(): void {
        this.azure.clock.advance((this.fixture.recoverySeconds ?? 0) * 1_000);
    }

    /** Requests that would change something at a side, by data plane or by ARM, but for acknowledged reads. */
    writes(side: Side): number {
        const { hosts, id } = this.place(side);
        const isOurs = (path: string): boolean =>
            decodeURIComponent(path).toLowerCase().startsWith(id.toLowerCase());
        const isAcknowledged = (method: string, host: string, path: string): boolean =>
            side === "source" &&
            this.element.disturbingReads?.allows(
                { method, url: new URL(`https://${host}${path}`), hasBody: false },
                this.fixture.options ?? {},
            ) === true;
        return this.azure.requests.filter(
            ({ method, write, host, path }) =>
                write &&
                !isAcknowledged(method, host, path) &&
                (hosts.includes(host) || (host === "management.azure.com" && isOurs(path))),
        ).length;
    }

    /** Requests that read contents, at either side. */
    contentReads(): string[] {
        const hosts = [...this.source.hosts, ...this.target.hosts];
        return this.azure.requests
            .filter((request) => hosts.includes(request.host) && this.fixture.readsContent(request))
            .map(({ method, host, path }) => `${method} ${host}${path}`);
    }

    /** Items at a side that are not as they were seeded at the other: names, empty where all are. */
    async differences(samples: readonly Sample[]): Promise<string[]> {
        const differing = await Promise.all(
            samples.map(async ({ name }) => {
                const [there, here] = [
                    await this.source.items.read(name),
                    await this.target.items.read(name),
                ];
                return isSame(there, here) ? [] : [name];
            }),
        );
        return differing.flat();
    }

    /** Sends requests, with small pages where the fixture asks for them. */
    #wire(): HttpClient {
        const { smallPages } = this.fixture;
        if (smallPages === undefined) return this.#network;
        return {
            sendRequest: (request) => {
                const url = new URL(request.url);
                smallPages(url);
                request.url = url.href;
                return this.#network.sendRequest(request);
            },
        };
    }
}

export async function collect(items: AsyncIterable<Item>): Promise<Item[]> {
    const all: Item[] = [];
    for await (const item of items) all.push(item);
    return all;
}

function isSame(a: unknown, b: unknown): boolean {
    return a !== undefined && JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
}

/** Without the marker, and with keys in order. */
function comparable(value: unknown, top = true): unknown {
    if (Array.isArray(value)) return value.map((entry) => comparable(entry, false));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => !top || key !== "owner");
    return Object.fromEntries(
        entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, comparable(entry, false)]),
    );
}
