type Continent = "North America" | "South America" | "Europe" | "Asia" | "Oceania" | "Middle East and Africa";

/**
 * By what regions are called; all others are in Asia. https://learn.microsoft.com/azure/reliability/regions-list
 */
const continents: readonly (readonly [RegExp, Continent])[] = [
    [/brazil|chile/, "South America"],
    [/africa|uae|qatar|israel|saudi/, "Middle East and Africa"],
    [/australia|newzealand/, "Oceania"],
    [
        /europe|austria|belgium|denmark|finland|france|germany|greece|italy|norway|poland|spain|sweden|switzerland|^uk/,
        "Europe",
    ],
    [/us\d?(euap)?$|^us|canada|mexico/, "North America"],
];

/** https://azure.microsoft.com/pricing/details/bandwidth/ has three prices, by where data leaves. */
const zones: Readonly<Record<Continent, number>> = {
    "North America": 1,
    Europe: 1,
    Asia: 2,
    Oceania: 2,
    "Middle East and Africa": 2,
    "South America": 3,
};

/** Where both resources of a copy are, as ARM says; undefined where only a URL is known. */
export interface Places {
    readonly source?: string | undefined;
    readonly target?: string | undefined;
}

/**
 * The name of the price that data pays on its way; undefined where it pays none or nobody knows. What goes through this
 * process leaves Azure, as far as anybody can tell: where this process runs in the source's region it pays less.
 *
 * @param path how the data goes.
 */
export function transferPrice(
    { source, target }: Places,
    path: "server-side" | "streamed",
): string | undefined {
    if (source === undefined) return undefined;
    const from = continentOf(source);
    const zone = String(zones[from]);
    if (path === "streamed") return `transfer/internet/${zone}`;
    if (target === undefined || plain(source) === plain(target)) return undefined;
    return `transfer/${continentOf(target) === from ? "within continent" : "between continents"}/${zone}`;
}

function continentOf(region: string): Continent {
    const name = plain(region);
    return continents.find(([pattern]) => pattern.test(name))?.[1] ?? "Asia";
}

/** ARM says both `West Europe` and `westeurope`. */
function plain(region: string): string {
    return region.replaceAll(/\s+/g, "").toLowerCase();
}
