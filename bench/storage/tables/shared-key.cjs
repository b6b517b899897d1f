"use strict";

const { createHmac } = require("node:crypto");

/**
 * Headers that sign a request to a table service whose accounts are the first part of the path.
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#shared-key-lite-and-table-service-format-for-2009-09-19-and-later
 *
 * @param {string} account
 * @param {string} key
 * @param {string} path With the account, as it is sent.
 */
exports.signed = function signed(account, key, path) {
    const date = new Date().toUTCString();
    const signature = createHmac("sha256", Buffer.from(key, "base64"))
        .update(`${date}\n/${account}${path}`, "utf8")
        .digest("base64");
    return { "x-ms-date": date, authorization: `SharedKeyLite ${account}:${signature}` };
};
