import picocolors from "picocolors";
import { clip, wrap } from "./text.js";

/** A chapter that has been told, for the figures. */
export interface ToldChapter {
    title: string;
    seconds: number;
}

/** Where the story is told: `process.stdout`, or anything that collects lines. */
export interface Stage {
    readonly isTTY?: boolean;
    readonly columns?: number;
    write(text: string): unknown;
}

/** Never wider, whatever the terminal: long lines are hard to read. In columns. */
const widest = 100;
const narrowest = 50;
/** How often the line that shows what runs is renewed, in milliseconds. Only on a terminal. */
const liveIntervalMilliseconds = 500;

/**
 * Tells the demo in the terminal: numbered chapters, short sentences, excerpts of what Pulumi prints. Colours and the
 * line that shows what runs appear on a terminal only; `NO_COLOR` (https://no-color.org) turns colours off there too.
 */
export class Story {
    readonly chapters: ToldChapter[] = [];
    readonly #colours: ReturnType<typeof picocolors.createColors>;
    readonly #terminal: boolean;
    readonly #width: number;
    #open: { title: string; since: number } | undefined;
    #note = "";

    constructor(private readonly stage: Stage = process.stdout) {
        this.#terminal = stage.isTTY === true && process.env["TERM"] !== "dumb";
        this.#colours = picocolors.createColors(this.#terminal && !process.env["NO_COLOR"]);
        this.#width = Math.max(narrowest, Math.min(widest, stage.columns ?? widest));
    }

    /** The first lines: what this is about. */
    title(title: string, text: string): void {
        this.#line();
        this.#line(this.#colours.bold(title));
        this.say(text);
    }

    /** Begins a chapter and ends the one before it. */
    chapter(title: string): void {
        this.#close();
        this.#open = { title, since: performance.now() };
        const number = `${String(this.chapters.length + 1)}.`;
        this.#line();
        this.#line(this.#colours.bold(this.#colours.cyan(`${number} ${title}`)));
    }

    /** Ends the last chapter; what follows is the ending. */
    ending(title: string): void {
        this.#close();
        this.#line();
        this.#line(this.#colours.bold(this.#colours.cyan(title)));
    }

    /** A sentence or two, wrapped. */
    say(text: string): void {
        for (const line of wrap(text, this.#width - 3)) this.#line(`   ${line}`);
    }

    /** Something that holds: a checked fact. */
    fact(text: string): void {
        const [first = "", ...rest] = wrap(text, this.#width - 5);
        this.#line(`   ${this.#colours.green("✓")} ${first}`);
        for (const line of rest) this.#line(`     ${line}`);
    }

    /** Lines that a program printed or that stand in a file, indented; too long ones are cut, and comments are wrapped. */
    quote(lines: readonly string[]): void {
        this.#line();
        for (const line of lines.flatMap((each) => wrapComment(each, this.#width - 5))) {
            this.#line(`     ${this.#paint(clip(line, this.#width - 5))}`.trimEnd());
        }
        this.#line();
    }

    /** Two columns: what it is, and its value. */
    table(rows: readonly (readonly [string, string])[]): void {
        const first = Math.max(...rows.map(([name]) => name.length));
        for (const [name, value] of rows) {
            const [head = "", ...rest] = wrap(value, this.#width - first - 6);
            this.#line(`   ${this.#colours.dim(name.padEnd(first))}   ${head}`);
            for (const line of rest) this.#line(`   ${" ".repeat(first)}   ${line}`);
        }
    }

    /** Waits for work; on a terminal a passing line tells what runs, how long, and the last `note`. */
    async during<Result>(what: string, work: Promise<Result>): Promise<Result> {
        if (!this.#terminal) return work;
        const since = performance.now();
        this.#note = "";
        const show = () => {
            const seconds = Math.round((performance.now() - since) / 1000);
            const text = `${what} … ${String(seconds)} s  ${this.#note}`;
            this.stage.write(`\r\u001B[K   ${this.#colours.dim(clip(text, this.#width - 4))}`);
        };
        show();
        const timer = setInterval(show, liveIntervalMilliseconds);
        try {
            return await work;
        } finally {
            clearInterval(timer);
            this.stage.write("\r\u001B[K");
        }
    }

    /** The latest of the work that is waited for. */
    note(text: string): void {
        this.#note = text.trim();
    }

    #close(): void {
        if (this.#open === undefined) return;
        const seconds = Math.round((performance.now() - this.#open.since) / 100) / 10;
        this.chapters.push({ title: this.#open.title, seconds });
        this.#open = undefined;
    }

    /** As Pulumi colours them: green for what comes, yellow for what changes, red for what goes. */
    #paint(line: string): string {
        const mark = /^\s*([+~-]|warning:)/.exec(line)?.[1];
        if (mark === "+") return this.#colours.green(line);
        if (mark === "~" || mark === "warning:") return this.#colours.yellow(line);
        if (mark === "-") return this.#colours.red(line);
        return this.#colours.dim(line);
    }

    #line(text = ""): void {
        this.stage.write(`${text}\n`);
    }
}

/** A line that begins with `#`, in as many as it takes; any other as it is. */
function wrapComment(line: string, width: number): string[] {
    const [, lead, text = ""] = /^(\s*# )(.*)$/.exec(line) ?? [];
    return lead === undefined ? [line] : wrap(text, width - lead.length).map((part) => `${lead}${part}`);
}
