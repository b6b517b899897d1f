/**
 * A query parameter by its decoded name, in any case: current SDKs send `api%2Dversion`. Undefined where it is absent.
 */
export function query(url: URL, name: string): string | undefined {
    for (const [key, value] of url.searchParams) {
        if (key.toLowerCase() === name.toLowerCase()) return value;
    }
    return undefined;
}
