/**
 * Loaded into each process of a test run. The Pulumi engine ends its plugins with a signal, and a process that a
 * signal ends writes no coverage: this one writes it first.
 */
const { takeCoverage } = require("node:v8");

for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
        takeCoverage();
        // Again, now with nobody who handles it: ends the process as the signal would have. Others who handle it go on.
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
}
