import { DataplaneError, isDataplaneError } from "../errors.js";

/** Runs a call to the source; a denial there is marked as such, so that nobody waits for it. */
export async function atSource<T>(call: () => Promise<T>): Promise<T> {
    try {
        return await call();
    } catch (error) {
        if (!isDataplaneError(error) || error.detail.side === "source") throw error;
        throw new DataplaneError(error.code, error.message, {
            ...error.detail,
            side: "source",
            cause: error.cause,
        });
    }
}
