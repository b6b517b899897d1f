import { statusOf } from "../core/rest-error.js";

export type Tags = Record<string, string>;

/**
 * What is known of the right to index tags on one side. `required`: the user wants them, so its want is an error.
 * Without that, tags are carried where they can be, and lost where they can't.
 */
export class TagAccess {
    #readable: boolean;
    #writable: boolean;

    constructor(private readonly wish: boolean | undefined) {
        this.#readable = wish !== false;
        this.#writable = wish !== false;
    }

    /** The user did not say that they don't matter. */
    get matter(): boolean {
        return this.wish !== false;
    }

    get readable(): boolean {
        return this.#readable;
    }

    /**
     * Runs a read with tags, or without them where they may not be read: a listing with tags fails as a whole without
     * the role for them, and accounts with a hierarchical namespace have none.
     */
    async read<T>(attempt: (withTags: boolean) => Promise<T>): Promise<T> {
        if (!this.#readable) return attempt(false);
        try {
            return await attempt(true);
        } catch (error) {
            if (!this.#mayBeTheTags(error)) throw error;
            const answer = await attempt(false);
            this.#readable = false;
            return answer;
        }
    }

    /**
     * Sends a write with tags, or without them where they may not be written.
     *
     * @param setTags is tried once more when the write goes through without them, in case the role has only just begun
     * to act.
     * @returns whether the tags were left behind.
     */
    async write<T>(
        tags: Tags | undefined,
        send: (tags: Tags | undefined) => Promise<T>,
        setTags: (tags: Tags) => Promise<unknown>,
    ): Promise<{ answer: T; tagsLost: boolean }> {
        if (tags === undefined || !this.#writable) {
            return { answer: await send(undefined), tagsLost: tags !== undefined };
        }
        try {
            return { answer: await send(tags), tagsLost: false };
        } catch (error) {
            if (!this.#mayBeTheTags(error)) throw error;
        }
        const answer = await send(undefined);
        const tagsLost = !(await this.set(() => setTags(tags)));
        if (tagsLost) this.#writable = false;
        return { answer, tagsLost };
    }

    /** Sets tags by themselves. Answers false where they may not be written. */
    async set(setTags: () => Promise<unknown>): Promise<boolean> {
        if (!this.#writable) return false;
        try {
            await setTags();
            return true;
        } catch (error) {
            if (!this.#mayBeTheTags(error)) throw error;
            return false;
        }
    }

    #mayBeTheTags(error: unknown): boolean {
        const status = statusOf(error);
        return this.wish === undefined && (status === 400 || status === 403);
    }
}
