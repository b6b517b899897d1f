/** What was measured in one case; times in seconds. */
export type Measured = Readonly<Record<string, number | string>> & { readonly name: string };

/** A benchmark that can be asked for by name, of one or more cases. */
export type Benchmark = (options: BenchmarkOptions) => Promise<Measured[]>;

export interface BenchmarkOptions {
    /** Cases to run, where a benchmark has several. Empty: all. */
    readonly only: readonly string[];
    /** Key Vault: how many versions each secret has. Default: what the product copies. */
    readonly versions?: number;
}

/** What tells most comes first. */
const firstColumns = ["name", "ratio", "beyond", "seconds"];

/** One line per case: `limits  ratio 1.02  seconds 34.10  floor 33.33`. */
export function reportLines(cases: readonly Measured[]): string[] {
    const width = Math.max(0, ...cases.map(({ name }) => name.length));
    return cases.map((measured) => {
        const others = Object.keys(measured).filter((key) => !firstColumns.includes(key));
        const columns = [...firstColumns.slice(1), ...others].filter((key) => measured[key] !== undefined);
        const facts = columns.map((key) => `${key} ${shown(measured[key])}`);
        return [measured.name.padEnd(width), ...facts].join("  ");
    });
}

function shown(value: string | number | undefined): string {
    return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(2) : String(value);
}

/** The middle one, so that one slow round says nothing. */
export function median(numbers: readonly number[]): number {
    return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
