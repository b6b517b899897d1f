"use strict";

const { createHmac, createSecretKey } = require("node:crypto");
const { URLSearchParams } = require("node:url");

/**
 * @typedef {object} Side
 * @property {string} origin `http://127.0.0.1:10000`.
 * @property {string} account
 *
 * @typedef {object} Routes
 * @property {Side} source
 * @property {Side} target
 * @property {string} key The key of both accounts.
 * @property {boolean} signs Requests are signed with the key; stubs ask for nothing.
 */

/**
 * Stands for DNS, TLS and tokens, which a local server has not: production's host names lead to the servers of the
 * benchmark, and requests are signed with the accounts' key, as the peers' are.
 *
 * @param next The client that sends requests in the end.
 * @param {Routes} routes
 */
exports.routed = function routed(next, { source, target, key, signs }) {
    /** @type {Record<string, Side>} */
    const sides = Object.fromEntries(
        ["blob", "file", "queue"].flatMap((service) => [
            [`benchsource.${service}.core.windows.net`, source],
            [`benchtarget.${service}.core.windows.net`, target],
        ]),
    );
    // Made once, as Go makes it: half of the cost of a signature.
    const secret = createSecretKey(Buffer.from(key, "base64"));
    return {
        async sendRequest(request) {
            const { url } = request;
            const { host, pathname, search } = new URL(url);
            const side = sides[host];
            if (side === undefined) throw new Error(`a request to ${host}`);
            const path = `/${side.account}${pathname}`;
            request.url = `${side.origin}${path}${search}`;
            request.allowInsecureConnection = true;
            if (signs) sign(request, secret, side.account, path, search);
            try {
                return await next.sendRequest(request);
            } finally {
                request.url = url;
            }
        },
    };
};

const signedHeaders = [
    ...["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"],
    ...["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"],
];

/** https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
function sign(request, secret, account, path, search) {
    const { headers } = request;
    if (request.body !== undefined && request.body !== null && !headers.has("content-length")) {
        headers.set("content-length", String(Buffer.byteLength(request.body)));
    }
    const standard = signedHeaders.map((name) => {
        const value = headers.get(name) ?? "";
        return name === "content-length" && value === "0" ? "" : value;
    });
    const own = [...headers].map(([name, value]) => [name.toLowerCase(), value.trim()]);
    const canonical = own
        .filter(([name]) => name.startsWith("x-ms-"))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name}:${value}\n`)
        .join("");
    const query = [...new URLSearchParams(search)]
        .map(([name, value]) => `\n${name.toLowerCase()}:${value}`)
        .sort()
        .join("");
    const text = `${[request.method, ...standard].join("\n")}\n${canonical}/${account}${path}${query}`;
    const signature = createHmac("sha256", secret).update(text, "utf8").digest("base64");
    headers.set("authorization", `SharedKey ${account}:${signature}`);
}
