const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `4.2 GiB`, `512 B`: binary units, one decimal below ten of them. */
export function formatBytes(bytes: number): string {
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        unit += 1;
    }
    const digits = unit > 0 && value < 10 ? 1 : 0;
    return `${value.toFixed(digits)} ${units[unit] ?? "B"}`;
}

/** `5 s`, `2 min`, `3 h`: one unit, rounded up so that an estimate doesn't promise too much. */
export function formatDuration(seconds: number): string {
    if (seconds <= 60) return `${String(Math.max(1, Math.ceil(seconds)))} s`;
    if (seconds <= 60 * 90) return `${String(Math.ceil(seconds / 60))} min`;
    if (seconds <= 3600 * 48) return `${String(Math.ceil(seconds / 3600))} h`;
    return `${String(Math.ceil(seconds / 86_400))} d`;
}
