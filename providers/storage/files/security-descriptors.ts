import type { FileRequests } from "./requests.js";

/** Descriptors that are kept: a share has few different ones, and each may have 64 KiB. */
const keptAtMost = 10_000;

/**
 * Security descriptors (SDDL) of shares. The service gives them by keys, each good in its own share alone, so they are
 * looked up at the source and made at the target, each once.
 */
export class SecurityDescriptors {
    readonly #texts = new Map<string, Promise<string>>();
    readonly #keys = new Map<string, Promise<string>>();

    constructor(private readonly requests: FileRequests) {}

    /** The text behind a key. */
    text(share: string, key: string): Promise<string> {
        return kept(this.#texts, `${share}\n${key}`, () => this.requests.getPermission(share, key));
    }

    /** The key of a text in that share; the service keeps the text where it is new. */
    key(share: string, text: string): Promise<string> {
        return kept(this.#keys, `${share}\n${text}`, () => this.requests.createPermission(share, text));
    }
}

/** A failure is not kept. Of too many the oldest goes. */
function kept(known: Map<string, Promise<string>>, key: string, ask: () => Promise<string>): Promise<string> {
    const there = known.get(key);
    if (there !== undefined) return there;
    const asked = ask();
    known.set(key, asked);
    asked.catch(() => {
        known.delete(key);
    });
    const [oldest] = known.keys();
    if (known.size > keptAtMost && oldest !== undefined) known.delete(oldest);
    return asked;
}
