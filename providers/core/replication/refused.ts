import { isDataplaneError } from "../errors.js";

/** The service code by which a store says that the service won't move the data of any item itself. */
const serverSideCopyRefused = "ServerSideCopyRefused";
/** The same of one item alone. */
const refusedForItem = "ServerSideCopyRefusedForItem";

/** Whether the service won't move the data itself; nothing was written, and the item can go another way. */
export function isCopyRefused(error: unknown): boolean {
    if (!isDataplaneError(error)) return false;
    const { serviceCode } = error.detail;
    return serviceCode === serverSideCopyRefused || serviceCode === refusedForItem;
}

/** Whether that is about one item alone: the service is asked for the others as before. */
export function isRefusedForItem(error: unknown): boolean {
    return isDataplaneError(error) && error.detail.serviceCode === refusedForItem;
}
