/** Breaks a text into lines of at most so many characters; a longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(/\s+/).filter((part) => part !== "")) {
        if (line !== "" && line.length + 1 + word.length > width) {
            lines.push(line);
            line = word;
        } else {
            line = line === "" ? word : `${line} ${word}`;
        }
    }
    if (line !== "") lines.push(line);
    return lines;
}

/** Cuts a line at so many characters, with an ellipsis. */
export function clip(line: string, width: number): string {
    return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

/** `3 secrets`, `1 secret`. */
export function count(number: number, singular: string): string {
    return `${String(number)} ${singular}${number === 1 ? "" : "s"}`;
}

/** Bytes as people read them: `24.4 MiB`. */
export function bytes(number: number): string {
    const units = ["bytes", "KiB", "MiB", "GiB"];
    const power = Math.min(units.length - 1, number < 1024 ? 0 : Math.floor(Math.log2(number) / 10));
    const value = number / 1024 ** power;
    return `${power === 0 ? String(value) : value.toFixed(1)} ${units[power] ?? ""}`;
}

/** `4.2 s`. */
export function seconds(number: number): string {
    return `${number.toFixed(1)} s`;
}

/** `100 %`, `98.1 %`; never rounded up to 100. */
export function percent(share: number): string {
    return share === 1 ? "100 %" : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
