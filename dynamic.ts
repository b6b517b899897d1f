import { createProvider, type DynamicProvider } from "./providers/core/pulumi/provider.js";
import { elementKeys, findElement } from "./providers/core/registry.js";

/**
 * The dynamic providers by element type, such as `keyvault/secrets`. Every state refers to this entry point and to
 * these keys by name: they are a state format and never change.
 */
export const providers: Readonly<Record<string, DynamicProvider>> = Object.defineProperties(
    {},
    Object.fromEntries(
        elementKeys().map((key) => [
            key,
            {
                enumerable: true,
                get: memoised(() => createProvider(findElement(key))),
            },
        ]),
    ),
);

function memoised<Value>(make: () => Value): () => Value {
    let value: Value | undefined;
    return () => (value ??= make());
}
