"use strict";

// Loaded into every process that `pulumi up` starts: where one loads the product's HTTP client, its requests are routed
// to the servers of the benchmark, as those of the client without the engine are.

const Module = require("node:module");
const { join } = require("node:path");
const { routed } = require("./routing.cjs");

const routes = JSON.parse(process.env.BENCH_ROUTES);
const file = join("providers", "core", "http", "base-client.js");

const load = Module._extensions[".js"];
Module._extensions[".js"] = function (module, filename) {
    load(module, filename);
    if (!filename.endsWith(file)) return;
    const { createBaseClient } = module.exports;
    module.exports.createBaseClient = () => routed(createBaseClient(), routes);
};
