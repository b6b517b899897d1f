import { isDataplaneError } from "../errors.js";

/** The service code by which a store says that the service won't move the data itself. */
const serverSideCopyRefused = "ServerSideCopyRefused";

/** Whether the service won't move the data itself; nothing was written, and the item can go another way. */
export function isCopyRefused(error: unknown): boolean {
    return isDataplaneError(error) && error.detail.serviceCode === serverSideCopyRefused;
}
