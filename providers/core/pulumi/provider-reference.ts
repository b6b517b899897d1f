/**
 * The text that stands as `__provider` in every state. The dynamic provider process evaluates it in the program's
 * directory; it refers to the installed package and captures nothing.
 *
 * It is a state format: stacks made with it must be refreshed and destroyed by every later version. A test holds it
 * byte for byte. `createRequire` from the working directory works for an installed, a linked and a self-referenced
 * package alike.
 */
export function providerReference(elementKey: string): string {
    return (
        'exports.handler = () => require("node:module").createRequire(process.cwd() + "/_.js")' +
        `("pulumi-azure-dataplane/dynamic").providers[${JSON.stringify(elementKey)}];`
    );
}

/** The Pulumi type of an element type's resource: `pulumi-nodejs:dynamic/azure-dataplane/keyvault:Secrets`. */
export function resourceType(kind: string, className: string): string {
    return `pulumi-nodejs:dynamic/azure-dataplane/${kind}:${className}`;
}
