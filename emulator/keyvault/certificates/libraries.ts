/**
 * The X.509 library with the polyfill that it insists on. Loaded when the first certificate is made or read, because
 * most runs of the local Azure never need it.
 */
export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
    await import("reflect-metadata");
    return import("@peculiar/x509");
}

/** The PKCS#12 library, loaded when the first PFX is read or written. */
export async function loadPkijs(): Promise<typeof import("pkijs")> {
    return import("pkijs");
}
