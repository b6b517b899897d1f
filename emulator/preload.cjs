"use strict";
/*
 * Sends a Node program's connections to Azure to the local Azure on this machine: `node --require preload.cjs`.
 * The program itself and its URLs stay as they are. Without LOCAL_AZURE_PORT in the environment nothing is changed;
 * the variable is read at each connection, so that it can be set after the program has started.
 *
 * Every client in Node ends in net.Socket.prototype.connect (node:https, fetch and undici, tls and net themselves).
 */
const dns = require("node:dns");
const net = require("node:net");

const AZURE_HOSTS =
    /(^|\.)(core\.windows\.net|vault\.azure\.net|managedhsm\.azure\.net|storage\.azure\.net|documents\.azure\.com|azurecr\.io|azurewebsites\.net|azure-api\.net|database\.windows\.net)$|^(login\.microsoftonline\.com|login\.windows\.net|sts\.windows\.net|management\.azure\.com|graph\.microsoft\.com|local-azure\.localhost)$/i;
const ADDRESS = "127.0.0.1";
const HTTPS = 443;
const installed = Symbol.for("local-azure.preload");

if (!globalThis[installed]) {
    globalThis[installed] = true;
    redirectConnections();
    redirectLookups();
}

function isLocal(host) {
    return Boolean(process.env.LOCAL_AZURE_PORT) && typeof host === "string" && AZURE_HOSTS.test(host);
}

function redirectConnections() {
    const connect = net.Socket.prototype.connect;
    net.Socket.prototype.connect = function (...parameters) {
        // node:net hands its own normalised array of options and callback; everybody else the options themselves.
        const first = parameters[0];
        const options = Array.isArray(first) ? first[0] : first;
        if (
            options &&
            typeof options === "object" &&
            isLocal(options.host) &&
            Number(options.port) === HTTPS
        ) {
            const redirected = {
                ...options,
                port: Number(process.env.LOCAL_AZURE_PORT),
                lookup: localLookup,
            };
            if (Array.isArray(first)) first[0] = redirected;
            else parameters[0] = redirected;
        }
        return connect.apply(this, parameters);
    };
}

function redirectLookups() {
    const lookup = dns.lookup;
    dns.lookup = function (host, options, callback) {
        if (!isLocal(host)) return lookup.apply(this, arguments);
        return typeof options === "function"
            ? localLookup(host, {}, options)
            : localLookup(host, options, callback);
    };
    const lookupPromise = dns.promises.lookup;
    dns.promises.lookup = function (host, options) {
        if (!isLocal(host)) return lookupPromise.apply(this, arguments);
        const answer = { address: ADDRESS, family: 4 };
        return Promise.resolve(options && options.all ? [answer] : answer);
    };
}

function localLookup(_host, options, callback) {
    process.nextTick(() => {
        if (options && options.all) callback(null, [{ address: ADDRESS, family: 4 }]);
        else callback(null, ADDRESS, 4);
    });
}
