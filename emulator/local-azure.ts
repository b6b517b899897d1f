import { join } from "node:path";
import { Arm } from "./arm/index.js";
import { Operations } from "./arm/operations.js";
import { ResourceStore } from "./arm/store.js";
import { certificates, type Certificates } from "./certificate-authority.js";
import { Clock } from "./clock.js";
import type { Platform, Principal, Service } from "./contract.js";
import { Control } from "./control.js";
import { Entra } from "./entra.js";
import { childEnvironment, redirectThisProcess } from "./environment.js";
import { Faults } from "./faults.js";
import { FrontDoor } from "./front-door.js";
import { wellKnown } from "./identities.js";
import { createKeyVault, type KeyVault } from "./keyvault/index.js";
import { Persistence, type Persistent } from "./persistence.js";
import { RequestLog } from "./request-log.js";
import { Roles } from "./roles/engine.js";
import type { Files } from "./storage/files/index.js";
import { createStorage } from "./storage/index.js";
import { Tokens } from "./tokens.js";

/** Makes a service of another folder. */
export type CreateService = (platform: Platform) => Promise<Service>;

/** How a local Azure is started. */
export interface LocalAzureOptions {
    /** 0, the default, is any free port. */
    port?: number;
    /** Where certificates and, with `persist`, all state are kept. Default: `.cache/local-azure` of this clone. */
    dataDirectory?: string;
    /** Whether state outlives the process. Default false: every start is an empty Azure. */
    persist?: boolean;
    /** How long a new role assignment takes to act, in milliseconds; minutes in Azure. Default 0. */
    roleAssignmentDelayMilliseconds?: number;
    /** How long access tokens are good. Default 3599 seconds. */
    accessTokenLifetimeSeconds?: number;
    /** How many polls of a long-running operation say that it is still going on. Default 1. */
    operationPolls?: number;
    /** How many entries a page of one of ARM's lists has at most. Default 1,000. */
    armPageSize?: number;
    /** Further services, asked before those that come with it. */
    services?: readonly CreateService[];
}

/** The default place of certificates and state: an ignored folder of this clone. */
const defaultDataDirectory = join(__dirname, "..", ".cache", "local-azure");

/**
 * A local Azure in this process: sign-in, Resource Manager, Key Vault and Storage behind one TLS port on 127.0.0.1.
 * Programs reach it by production URLs, once `environment` or `useHere` has sent their connections here.
 */
export class LocalAzure implements AsyncDisposable {
    readonly tenants = wellKnown.tenants;
    readonly principals = wellKnown.principals;
    #undo: (() => void) | undefined;
    #stopped: Promise<void> | undefined;

    private constructor(private readonly parts: Parts) {}

    /** Starts one. Rejects where the port is taken or not allowed. */
    static async start(options: LocalAzureOptions = {}): Promise<LocalAzure> {
        const parts = await build(options);
        await parts.persistence?.load();
        try {
            await parts.frontDoor.listen(options.port ?? 0);
        } catch (error) {
            await stopAll(parts.services);
            throw error;
        }
        return new LocalAzure(parts);
    }

    get port(): number {
        return this.parts.frontDoor.port;
    }

    /** The authority's certificate, PEM. */
    get caFile(): string {
        return this.parts.certificates.authorityFile;
    }

    /** The public authorities and this one, PEM. */
    get bundleFile(): string {
        return this.parts.certificates.bundleFile;
    }

    /** The time it lives in. */
    get clock(): Clock {
        return this.parts.clock;
    }

    /** What came through the front door. */
    get requests(): RequestLog {
        return this.parts.requests;
    }

    /** What goes wrong on purpose. */
    get faults(): Faults {
        return this.parts.faults;
    }

    /** Sign-in: further tenants and principals, token lifetime. */
    get entra(): Entra {
        return this.parts.entra;
    }

    /** Resource Manager: seeding past authorisation. */
    get arm(): Arm {
        return this.parts.arm;
    }

    /** Role definitions and assignments: seeding past authorisation. */
    get roles(): Roles {
        return this.parts.roles;
    }

    /** Key Vault's settings. */
    get keyVault(): KeyVault {
        return this.parts.keyVault;
    }

    /** Azure Files' files: what SMB clients do with them. */
    get files(): Files {
        return this.parts.files;
    }

    /** The environment that a child process needs, to be laid over its own. */
    environment(current: NodeJS.ProcessEnv = process.env): Record<string, string> {
        return childEnvironment(this.port, this.parts.certificates, current);
    }

    /** Makes this process use it, until it is stopped. Throws where the process uses another one. */
    useHere(): void {
        this.#undo ??= redirectThisProcess(this.port, this.parts.certificates);
    }

    /** Cuts all connections, saves state where it is kept, and frees the port. */
    async stop(): Promise<void> {
        this.#stopped ??= this.#stop();
        await this.#stopped;
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await this.stop();
    }

    async #stop(): Promise<void> {
        this.#undo?.();
        await this.parts.frontDoor.close();
        await this.parts.persistence?.flush();
        await stopAll(this.parts.services);
    }
}

interface Parts {
    certificates: Certificates;
    clock: Clock;
    requests: RequestLog;
    faults: Faults;
    entra: Entra;
    arm: Arm;
    roles: Roles;
    keyVault: KeyVault;
    files: Files;
    services: readonly Service[];
    frontDoor: FrontDoor;
    persistence: Persistence | undefined;
}

async function build(options: LocalAzureOptions): Promise<Parts> {
    const dataDirectory = options.dataDirectory ?? defaultDataDirectory;
    const clock = new Clock();
    const [made, tokens] = await Promise.all([certificates(dataDirectory), Tokens.create(clock)]);
    const requests = new RequestLog();
    const faults = new Faults();
    const roles = new Roles(clock, options.roleAssignmentDelayMilliseconds ?? 0);
    const { accessTokenLifetimeSeconds } = options;
    const entra = await Entra.create(
        clock,
        tokens,
        accessTokenLifetimeSeconds === undefined ? {} : { accessTokenLifetimeSeconds },
    );
    const notePrincipal = (principal: Principal): void => {
        frontDoor.notePrincipal(principal);
    };
    const state = {
        clock,
        entra,
        roles,
        store: new ResourceStore(),
        operations: new Operations(options.operationPolls ?? 1),
        pageSize: options.armPageSize ?? 1000,
    };
    const arm = new Arm(state, tokens, notePrincipal);
    const services: Service[] = [];
    const frontDoor = new FrontDoor({
        certificates: made,
        clock,
        faults,
        requests,
        services,
        onWrite: () => persistence?.schedule(),
    });
    const platform: Platform = {
        now: () => clock.now(),
        authenticate: async (bearer, audiences) => {
            const principal = await tokens.verify(bearer, audiences);
            notePrincipal(principal);
            return principal;
        },
        isAllowed: ({ objectId }, action, scope, kind) => roles.isAllowed(objectId, action, scope, kind),
        findByHost: (type, host) => state.store.findByHost(type, host),
        findById: (id) => state.store.get(id)?.record,
        get port() {
            return frontDoor.port;
        },
        caFile: made.authorityFile,
    };
    const keyVault = await createKeyVault(platform);
    const directory = options.persist === true ? join(dataDirectory, "storage") : undefined;
    const storage = await createStorage(platform, { directory });
    const further = await Promise.all((options.services ?? []).map((create) => create(platform)));
    services.push(...further, entra, arm, keyVault, storage, new Control(requests, faults));
    const rolesPart = {
        name: "roles",
        save: () => roles.save(),
        load: (saved: unknown) => roles.load(saved),
    };
    const persistence =
        options.persist === true
            ? new Persistence(dataDirectory, [rolesPart, ...persistent(services)])
            : undefined;
    return {
        certificates: made,
        clock,
        requests,
        faults,
        entra,
        arm,
        roles,
        keyVault,
        files: storage.files,
        services,
        frontDoor,
        persistence,
    };
}

async function stopAll(services: readonly Service[]): Promise<void> {
    await Promise.all(services.map(async (service) => service.stop?.()));
}

function persistent(services: readonly Service[]): Persistent[] {
    return services
        .filter((service) => "save" in service && "load" in service)
        .map((service) => ({
            name: service.name,
            save: () => service.save?.(),
            load: (state: unknown) => service.load?.(state),
        }));
}
