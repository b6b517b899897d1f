import { isObject } from "../context.js";
import { ArmError } from "../errors.js";
import { show } from "../show.js";
import type { ResourceType } from "../resource-type.js";

/** Parts of an app's configuration that are a dictionary: PUT replaces it whole, only `list` shows it. */
const dictionaries = ["appsettings", "connectionstrings", "metadata", "azurestorageaccounts"];

/**
 * The configuration of an app, by part.
 * Source: https://learn.microsoft.com/rest/api/appservice/web-apps/update-application-settings
 */
export const siteConfig: ResourceType = {
    type: "Microsoft.Web/sites/config",
    createdStatus: 200,
    hidden: (name) => dictionaries.includes(name.toLowerCase()),
    implicit: (_id, name) => {
        if (dictionaries.includes(name.toLowerCase())) return { properties: {} };
        return name.toLowerCase() === "web"
            ? { properties: { alwaysOn: false, ftpsState: "FtpsOnly" } }
            : undefined;
    },
    prepare({ record }) {
        const { properties } = record;
        if (record.name.toLowerCase() !== "appsettings") return;
        for (const [name, value] of Object.entries(properties)) {
            if (value !== null && isObject(value)) {
                throw new ArmError(400, "BadRequest", `The value of the app setting '${name}' is no text.`);
            }
        }
    },
    actions: {
        list: (_context, resource) => ({ status: 200, body: show(resource) }),
    },
};
