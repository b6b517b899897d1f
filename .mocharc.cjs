module.exports = {
    require: ["tsx/cjs"],
    extension: ["ts"],
    reporter: "scripts/tasks/mocha-reporter.cjs",
    timeout: 300_000,
    slow: 5_000,
    forbidOnly: true,
    forbidPending: true,
    // The Azure SDKs go on trying to renew a token in the background, every 3 seconds until it has run out; a test that
    // stops the local Azure can't tell them.
    exit: true,
};
