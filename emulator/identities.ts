/** An Entra tenant of the local Azure, with its one subscription. */
export interface Tenant {
    readonly id: string;
    readonly name: string;
    /** Its default domain, which sign-in accepts in place of the id. */
    readonly domain: string;
    readonly subscription: { readonly id: string; readonly name: string };
}

/** A client secret. */
export interface ClientSecret {
    readonly value: string;
    /** Milliseconds since the epoch. Undefined: never. */
    readonly expiresAt?: number;
}

/** Who may sign assertions for a principal: its own certificate, or an outside issuer (workload identity). */
export interface AssertionKey {
    /** A certificate or a public key, PEM. */
    readonly publicKey: string;
    /** What the assertion's `iss` and `sub` must be. The client id for a certificate. */
    readonly issuer: string;
    readonly subject: string;
    /** What its `aud` must be. Undefined: the tenant's token endpoint, as for a certificate. */
    readonly audience?: string;
}

/** A service principal. */
export interface ServicePrincipal {
    readonly tenantId: string;
    readonly clientId: string;
    /** What role assignments name. */
    readonly objectId: string;
    readonly displayName: string;
    readonly secrets: readonly ClientSecret[];
    readonly assertionKeys?: readonly AssertionKey[];
}

/** Where replications come from. Ids are fixed and plainly made up, so that they can stand in examples. */
const productionTenant: Tenant = {
    id: "10000000-0000-4000-8000-000000000001",
    name: "Contoso Production",
    domain: "contosoproduction.onmicrosoft.com",
    subscription: { id: "10000000-0000-4000-8000-000000000002", name: "Contoso Production" },
};

/** Where replications go to. */
const stagingTenant: Tenant = {
    id: "20000000-0000-4000-8000-000000000001",
    name: "Contoso Staging",
    domain: "contosostaging.onmicrosoft.com",
    subscription: { id: "20000000-0000-4000-8000-000000000002", name: "Contoso Staging" },
};

/** Deploys and seeds in production. It has no role until it is given one. */
const productionDeployer: ServicePrincipal = {
    tenantId: productionTenant.id,
    clientId: "10000000-0000-4000-8000-000000000011",
    objectId: "10000000-0000-4000-8000-000000000012",
    displayName: "deployer",
    secrets: [{ value: "local~production-deployer-secret" }],
};

/** Reads production, for a replication that must not be able to write there. It has no role until it is given one. */
const productionReader: ServicePrincipal = {
    tenantId: productionTenant.id,
    clientId: "10000000-0000-4000-8000-000000000021",
    objectId: "10000000-0000-4000-8000-000000000022",
    displayName: "reader",
    secrets: [{ value: "local~production-reader-secret" }],
};

/** Deploys to staging. It has no role until it is given one. */
const stagingDeployer: ServicePrincipal = {
    tenantId: stagingTenant.id,
    clientId: "20000000-0000-4000-8000-000000000011",
    objectId: "20000000-0000-4000-8000-000000000012",
    displayName: "deployer",
    secrets: [{ value: "local~staging-deployer-secret" }],
};

/** All that are there from the start, by the names that tests and seeds use. */
export const wellKnown = {
    tenants: { production: productionTenant, staging: stagingTenant },
    principals: {
        production: { deployer: productionDeployer, reader: productionReader },
        staging: { deployer: stagingDeployer },
    },
} as const;
