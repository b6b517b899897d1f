"use strict";

// Loaded into Azurite before its own code: counts the requests that it is sent, and answers its parent's questions.

const { subscribe } = require("node:diagnostics_channel");

let requests = 0;

// https://nodejs.org/api/diagnostics_channel.html#http
subscribe("http.server.request.start", () => {
    requests += 1;
});

process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send({ requests, cpu: (user + system) / 1_000_000 });
    requests = 0;
});

// Without its parent it is of no use.
process.on("disconnect", () => process.exit());
