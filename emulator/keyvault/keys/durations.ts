/** About how long a month and a year are, in days: enough to compare durations. */
const DAYS_PER_MONTH = 30;
const DAYS_PER_YEAR = 365;

const pattern = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** An ISO 8601 duration (`P90D`, `P1Y10D`, `PT48H`) in days, about; undefined where it is none. */
export function daysOf(duration: string): number | undefined {
    const parts = partsOf(duration);
    if (parts === undefined) return undefined;
    const { years, months, days, seconds } = parts;
    return years * DAYS_PER_YEAR + months * DAYS_PER_MONTH + days + seconds / 86_400;
}

/** The time that much later by the calendar, both in whole seconds since the epoch. Throws where it is no duration. */
export function later(from: number, duration: string): number {
    const parts = partsOf(duration);
    if (parts === undefined) throw new RangeError(`No duration: ${duration}`);
    const date = new Date(from * 1000);
    date.setUTCMonth(date.getUTCMonth() + parts.years * 12 + parts.months, date.getUTCDate() + parts.days);
    return date.getTime() / 1000 + parts.seconds;
}

function partsOf(
    duration: string,
): { years: number; months: number; days: number; seconds: number } | undefined {
    const match = pattern.exec(duration);
    if (match === null || duration === "P" || duration.endsWith("T")) return undefined;
    // Groups that are not there are undefined, whatever their type says.
    const part = (index: number): number => Number((match as (string | undefined)[])[index] ?? 0);
    return {
        years: part(1),
        months: part(2),
        days: part(3),
        seconds: (part(4) * 60 + part(5)) * 60 + part(6),
    };
}
