import { createRequire } from "node:module";

const fromHere = createRequire(__filename);

/**
 * Loads a package where it is used first. By `require`, as the rest of this package is: `import()` would load the Azure
 * SDKs' other build, and with it once more everything below them that is loaded already.
 *
 * @throws what the package throws.
 */
export function load<Package>(name: string): Promise<Package> {
    return Promise.resolve(fromHere(name) as Package);
}
