import { certificateEndpoints, type CertificateOperation } from "./certificates/endpoints.js";
import type { Endpoint } from "./endpoints.js";
import { keyEndpoints, type KeyOperation } from "./keys/endpoints.js";
import { secretEndpoints, type SecretOperation } from "./secrets/endpoints.js";

interface RouteParts {
    /** Of the object or, where the operation is on an issuer, of that. Empty where the operation is on the vault. */
    readonly name: string;
    /** Undefined: the latest. */
    readonly version: string | undefined;
    /** The data action: `Microsoft.KeyVault/vaults/secrets/getSecret/action`. */
    readonly action: string;
    /** What a role has to be assigned at, from the vault on: `/secrets/NAME`; empty: the vault. */
    readonly scope: string;
    /** The permission in an access policy's list of the collection. */
    readonly permission: string;
    /** Whether it changes something in the vault. */
    readonly writes: boolean;
}

/** A request on secrets. */
export interface SecretRoute extends RouteParts {
    readonly collection: "secrets";
    readonly operation: SecretOperation;
}

/** A request on keys. */
export interface KeyRoute extends RouteParts {
    readonly collection: "keys";
    readonly operation: KeyOperation;
}

/** A request on certificates, issuers or contacts. */
export interface CertificateRoute extends RouteParts {
    readonly collection: "certificates";
    readonly operation: CertificateOperation;
}

/** A request's collection, operation and the parts of its path. */
export type Route = SecretRoute | KeyRoute | CertificateRoute;

/**
 * The operation of a request, or undefined where there is none of that method and path. Paths may have doubled and
 * trailing slashes, as the SDKs send them for the latest version.
 */
export function routeOf(method: string, url: URL): Route | undefined {
    const segments = url.pathname
        .split("/")
        .filter((segment) => segment !== "")
        .map(decode);
    const first = segments[0]?.toLowerCase() ?? "";
    const path = [first, ...segments.slice(1)];
    switch (first.replace(/^deleted/, "")) {
        case "secrets": {
            const found = match(secretEndpoints, method, path);
            return (
                found && { collection: "secrets", operation: found.endpoint[2], ...parts("secrets", found) }
            );
        }
        case "keys": {
            const found = match(keyEndpoints, method, path);
            return found && { collection: "keys", operation: found.endpoint[2], ...parts("keys", found) };
        }
        case "certificates": {
            const found = match(certificateEndpoints, method, path);
            return (
                found && {
                    collection: "certificates",
                    operation: found.endpoint[2],
                    ...parts("certificates", found),
                }
            );
        }
        default:
            return undefined;
    }
}

/** Whether the request would change something; a request without an operation changes nothing. */
export function isWrite(method: string, url: URL): boolean {
    return routeOf(method, url)?.writes === true;
}

interface Match<E extends Endpoint> {
    readonly endpoint: E;
    /** What the path has in the place of `name`, `version`, `issuer`. */
    readonly values: Readonly<Record<string, string | undefined>>;
}

function match<E extends Endpoint>(
    endpoints: readonly E[],
    method: string,
    path: readonly string[],
): Match<E> | undefined {
    for (const endpoint of endpoints) {
        if (endpoint[0] !== method) continue;
        const pattern = endpoint[1].split("/");
        const required = pattern.filter((segment) => !segment.endsWith("?"));
        const values = matchPath(required, path) ?? matchPath(pattern, path);
        if (values !== undefined) return { endpoint, values };
    }
    return undefined;
}

function matchPath(
    pattern: readonly string[],
    path: readonly string[],
): Record<string, string | undefined> | undefined {
    if (path.length !== pattern.length) return undefined;
    const values: Record<string, string | undefined> = {};
    for (const [index, expected] of pattern.entries()) {
        if (expected.startsWith(":")) values[expected.replace(/[:?]/g, "")] = path[index];
        else if (path[index] !== expected) return undefined;
    }
    return values;
}

function parts(collection: string, { endpoint, values }: Match<Endpoint>): RouteParts {
    return {
        name: values.name ?? values.issuer ?? "",
        version: values.version,
        action: `Microsoft.KeyVault/vaults/${endpoint[3]}`,
        scope: values.name === undefined ? "" : `/${collection}/${values.name}`,
        permission: endpoint[4],
        writes: endpoint[5] === "write",
    };
}

function decode(segment: string): string {
    try {
        return decodeURIComponent(segment);
    } catch {
        return segment;
    }
}
