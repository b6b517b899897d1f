/** One figure, several under a common name, or the raw values that a figure was made of. */
export type Figure = number | string | readonly number[] | { readonly [name: string]: Figure };

/** What was measured in one case; times in seconds. With `failed`, who failed and why. */
export type Measured = Readonly<Record<string, Figure>> & { readonly name: string };

/** A benchmark that can be asked for by name, of one or more cases. */
export type Benchmark = (options: BenchmarkOptions) => Promise<Measured[]>;

export interface BenchmarkOptions {
    /** Cases to run, where a benchmark has several. Empty: all that don't take long. */
    readonly only: readonly string[];
    /** Key Vault: how many versions each secret has. Default: what the product copies. */
    readonly versions?: number;
    /** How often each is measured. Default: the benchmark's own number, of which the median is stable. */
    readonly rounds?: number;
}

/** What tells most comes first. */
const firstColumns = ["name", "failed", "ratio", "added", "beyond", "seconds"];

/** One line per case: `limits  ratio 1.02  seconds 34.10  floor 33.33`. Raw values are left to the JSON. */
export function reportLines(cases: readonly Measured[]): string[] {
    const width = Math.max(0, ...cases.map(({ name }) => name.length));
    return cases.map((measured) => {
        const others = Object.keys(measured).filter((key) => !firstColumns.includes(key));
        const columns = [...firstColumns.slice(1), ...others].filter((key) => measured[key] !== undefined);
        const facts = columns.flatMap((key) => shown(key, measured[key]));
        return [measured.name.padEnd(width), ...facts].join("  ");
    });
}

/** Figures of figures stand behind the names of all that they are in: `ratio rclone wall 0.93`. */
function shown(name: string, figure: Figure | undefined): string[] {
    if (figure === undefined || isRaw(figure)) return [];
    if (typeof figure === "object") {
        return Object.entries(figure).flatMap(([inner, value]) => shown(`${name} ${inner}`, value));
    }
    return [
        `${name} ${typeof figure === "number" && !Number.isInteger(figure) ? figure.toFixed(2) : String(figure)}`,
    ];
}

function isRaw(figure: Figure): figure is readonly number[] {
    return Array.isArray(figure);
}

/** The middle one, so that one slow round says nothing. */
export function median(numbers: readonly number[]): number {
    return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
