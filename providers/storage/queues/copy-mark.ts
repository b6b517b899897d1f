/**
 * What is written on a queue that messages are copied to, in its metadata: the one place beside a message where anything
 * can be written. By it a later run knows what became of them.
 */
export type CopyMark = BegunMark | DoneMark;

/** There until all messages are. */
export interface BegunMark {
    readonly state: "begun";
    /** Host and name of the queue that they come from. */
    readonly origin: string;
    /** Until when messages may be hidden by a run that broke off, by the service's clock. */
    readonly hiddenUntil: Date;
}

export interface DoneMark extends CopyCounts {
    readonly state: "done";
    readonly origin: string;
}

export interface CopyCounts {
    /** Messages that are there. */
    readonly sent: number;
    /** About how many were hidden all the while at the source. */
    readonly hidden: number;
    /** How many are no text that a request could hold. */
    readonly unsendable: number;
    /** About how many stayed at the source because the queue had messages of its own. */
    readonly left: number;
}

const members = ["sent", "hidden", "unsendable", "left"] as const;

export function formatMark(mark: CopyMark): string {
    if (mark.state === "begun") return `begun from ${mark.origin} until ${mark.hiddenUntil.toISOString()}`;
    const counts = members.map((member) => `${member} ${String(mark[member])}`);
    return `done from ${mark.origin} ${counts.join(" ")}`;
}

/** Undefined where it is none of ours. */
export function parseMark(text: string | undefined): CopyMark | undefined {
    const begun = /^begun from (\S+) until (\S+)$/.exec(text ?? "");
    if (begun !== null) {
        const [, origin = "", time = ""] = begun;
        const hiddenUntil = new Date(time);
        return Number.isNaN(hiddenUntil.getTime()) ? undefined : { state: "begun", origin, hiddenUntil };
    }
    const done = /^done from (\S+) sent (\d+) hidden (\d+) unsendable (\d+) left (\d+)$/.exec(text ?? "");
    if (done === null) return undefined;
    const [, origin = "", sent, hidden, unsendable, left] = done;
    return {
        state: "done",
        origin,
        sent: Number(sent),
        hidden: Number(hidden),
        unsendable: Number(unsendable),
        left: Number(left),
    };
}
