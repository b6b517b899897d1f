const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/** Mocha's own reporter, which also writes down how many tests passed and failed for who started it. */
module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            const file = process.env.TEST_COUNTS_FILE;
            const { passes, failures } = this.stats;
            if (file !== undefined) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures }));
        });
    }
};
