import { createRequire } from "node:module";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Certificates } from "./certificate-authority.js";
import { proxyExceptions } from "./hosts.js";

/** The module that sends a Node program's connections to the local Azure. */
const preloadFile = join(__dirname, "preload.cjs");

/**
 * What a child process needs in its environment so that production URLs reach the local Azure: the preload and the
 * authority for Node programs; the authority for Python, Go, curl and OpenSSL, which find the host by other means.
 */
export function childEnvironment(
    port: number,
    certificates: Certificates,
    current: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
    const preload = `--require "${preloadFile.replace(/[\\"]/g, "\\$&")}"`;
    const options = current.NODE_OPTIONS ?? "";
    const proxy = noProxy(current);
    return {
        NODE_OPTIONS: options.includes(preload) ? options : `${options} ${preload}`.trim(),
        NODE_EXTRA_CA_CERTS: certificates.authorityFile,
        LOCAL_AZURE_PORT: String(port),
        SSL_CERT_FILE: certificates.bundleFile,
        REQUESTS_CA_BUNDLE: certificates.bundleFile,
        CURL_CA_BUNDLE: certificates.bundleFile,
        NO_PROXY: proxy,
        no_proxy: proxy,
    };
}

/** The port that this process is redirected to. */
let redirectedTo: number | undefined;

/**
 * Makes this process use the local Azure; the answer undoes the redirection (trust in the authority stays). Throws
 * where the process uses another one: its clients keep connections open, and would go on talking to the first.
 */
export function redirectThisProcess(port: number, certificates: Certificates): () => void {
    if (redirectedTo !== undefined) {
        throw new Error("This process uses another local Azure already. Stop that one first.");
    }
    redirectedTo = port;
    createRequire(__filename)(preloadFile);
    const trusted = getCACertificates("default");
    if (!trusted.includes(certificates.authority)) {
        setDefaultCACertificates([...trusted, certificates.authority]);
    }
    const before = {
        LOCAL_AZURE_PORT: process.env.LOCAL_AZURE_PORT,
        NO_PROXY: process.env.NO_PROXY,
        no_proxy: process.env.no_proxy,
    };
    const proxy = noProxy(process.env);
    Object.assign(process.env, { LOCAL_AZURE_PORT: String(port), NO_PROXY: proxy, no_proxy: proxy });
    return () => {
        redirectedTo = undefined;
        for (const [name, value] of Object.entries(before)) {
            if (value === undefined) Reflect.deleteProperty(process.env, name);
            else process.env[name] = value;
        }
    };
}

function noProxy(current: NodeJS.ProcessEnv): string {
    const existing = (current.NO_PROXY ?? current.no_proxy ?? "").split(",").filter(Boolean);
    return [...new Set([...existing, ...proxyExceptions])].join(",");
}
