/** The service copies so many bytes within a moment. */
const smallBytes = 8 * 1024 * 1024;

/**
 * Lets one small copy by the service go ahead alone: where the service refuses, that shows at once, and not with as many
 * requests in vain as there are items on their way.
 */
export class Pilot {
    #first: Promise<unknown> | undefined;
    #isOver = false;

    /**
     * Runs the copy of an item of so many bytes. Of those that come while the first one is under way, `afterFirst` is run
     * instead, when that has ended: with what is known then.
     */
    async fly<T>(
        bytes: number | undefined,
        copy: () => Promise<T>,
        afterFirst: () => Promise<T>,
    ): Promise<T> {
        if (this.#isOver || bytes === undefined || bytes > smallBytes) return copy();
        if (this.#first !== undefined) {
            await this.#first;
            return afterFirst();
        }
        const { promise, resolve } = Promise.withResolvers<undefined>();
        this.#first = promise;
        try {
            return await copy();
        } finally {
            this.#isOver = true;
            resolve(undefined);
        }
    }
}
