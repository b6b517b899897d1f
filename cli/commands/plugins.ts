import type { Plugin } from "../../providers/core/contract.js";
import { loadPlugins } from "../../providers/core/registry.js";
import { kindsWithReplica } from "../../components/replica-types.js";

/** What a plugin supports, as its own table says it. */
export interface PluginDescription {
    readonly kind: string;
    readonly title: string;
    readonly resourceTypes: readonly string[];
    /** Whether `deploy` finds its resources by itself. */
    readonly wholeResources: boolean;
    readonly elements: readonly {
        readonly name: string;
        readonly modes: readonly string[];
        readonly serverSideCopy: boolean;
        /** The least built-in roles by mode and side. */
        readonly roles: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
    }[];
}

/** All plugins that are installed. */
export function describePlugins(
    plugins: readonly Plugin[] = [...loadPlugins().values()],
    whole: readonly string[] = kindsWithReplica(),
): PluginDescription[] {
    return plugins.map(({ kind, title, resourceTypes, elements }) => ({
        kind,
        title,
        resourceTypes,
        wholeResources: whole.includes(kind),
        elements: Object.values(elements).map((element) => ({
            name: element.name,
            modes: element.features.modes,
            serverSideCopy: element.features.serverSideCopy,
            roles: Object.fromEntries(
                element.features.modes.map((mode) => {
                    const { source, target } = element.permissions(mode, {});
                    return [mode, { source: rolesOf(source), target: rolesOf(target) }];
                }),
            ),
        })),
    }));
}

function rolesOf(permissions: readonly { role: { name: string } }[]): string[] {
    return [...new Set(permissions.map(({ role }) => role.name))];
}

/** As lines for people. */
export function pluginLines(descriptions: readonly PluginDescription[]): string[] {
    return descriptions.flatMap(({ kind, title, resourceTypes, elements }) => [
        `${kind}: ${title} (${resourceTypes.join(", ")})`,
        ...elements.map(
            ({ name, modes, serverSideCopy }) =>
                `  ${name}: ${modes.join(", ")}${serverSideCopy ? "; the service can copy itself" : ""}`,
        ),
    ]);
}
