/** One figure, or several under a common name. */
export type Figure = number | string | { readonly [name: string]: Figure };

/** What was measured in one case; times in seconds. */
export type Measured = Readonly<Record<string, Figure>> & { readonly name: string };

/** A benchmark that can be asked for by name, of one or more cases. */
export type Benchmark = (options: BenchmarkOptions) => Promise<Measured[]>;

export interface BenchmarkOptions {
    /** Cases to run, where a benchmark has several. Empty: all. */
    readonly only: readonly string[];
    /** Key Vault: how many versions each secret has. Default: what the product copies. */
    readonly versions?: number;
    /** How often each is measured, where a benchmark can do with fewer than its own number of rounds. */
    readonly rounds?: number;
}

/** What tells most comes first. */
const firstColumns = ["name", "ratio", "beyond", "seconds"];

/** One line per case: `limits  ratio 1.02  seconds 34.10  floor 33.33`. */
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
    if (typeof figure === "object") {
        return Object.entries(figure).flatMap(([inner, value]) => shown(`${name} ${inner}`, value));
    }
    return [
        `${name} ${typeof figure === "number" && !Number.isInteger(figure) ? figure.toFixed(2) : String(figure)}`,
    ];
}

/** The middle one, so that one slow round says nothing. */
export function median(numbers: readonly number[]): number {
    return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
