import { DataplaneError } from "../errors.js";
import { checkTargetNames, Selector } from "./selection.js";
import type { ReplicationRequest } from "./types.js";

/** Refuses, before anything is read or written, what can't be done. Throws `InvalidArgument` or `Plugin`. */
export function preflight(request: ReplicationRequest): Selector {
    const { element, mode, detail, selection } = request;
    const { features } = element;
    refuse(!features.modes.includes(mode), "mode", `${element.name} can't be replicated in ${mode} mode`);
    const renames = Object.keys(selection.rename ?? {}).length > 0;
    refuse(renames && !features.rename, "rename", `${element.name} can't be renamed`);
    const overrides = Object.keys(request.overrides ?? {}).length > 0;
    refuse(overrides && !features.overrides, "overrides", `${element.name} take no overrides`);
    const rewrites = Object.keys(request.rewrite ?? {});
    refuse(rewrites.length > 0 && !features.rewrite, "rewrite", `${element.name} have no text to rewrite`);
    refuse(rewrites.includes(""), "rewrite", "an empty text can't be replaced");
    refuse(
        request.owner !== undefined && !features.marker,
        "onDelete",
        `${element.name} can't carry a marker`,
    );
    if (detail === "groups") {
        refuse(rewrites.length > 0, "rewrite", 'rewrite needs detail: "items"');
        refuse(
            request.prune,
            "prune",
            'prune needs detail: "items": by group nothing is on record about an item',
        );
        // A new name may belong to another group, whose record would not know of it.
        refuse(renames, "rename", 'rename needs detail: "items"');
    } else {
        checkTargetNames(Object.keys(request.items), selection, element);
    }
    if (overrides && element.override === undefined) {
        throw new DataplaneError("Plugin", `${element.name} declares overrides without override()`);
    }
    return new Selector(selection, element);
}

function refuse(wrong: boolean, argument: string, message: string): void {
    if (wrong) throw new DataplaneError("InvalidArgument", message, { argument });
}
