const mebibyte = 1024 * 1024;

/** Which blobs go in one request and which in blocks, in bytes. */
export interface TransferSizes {
    /** Copied by the service in one call up to here. */
    readonly oneCall: number;
    /** Copied within one account by Copy Blob From URL up to here. */
    readonly withinAccount: number;
    /** Blocks of larger copies by the service, at least. */
    readonly copiedBlock: number;
    /** Blocks of one blob that the service copies at once. */
    readonly copiedBlocksAtOnce: number;
    /** Pages of one blob that are written before it says at the target how far it is. */
    readonly pagesBetweenMarks: number;
    /** Held in memory and sent through this process in one request up to here, and beyond in blocks of at least this size. */
    readonly sentBlock: number;
    /** Sent through this process in one request up to here, as it comes, where the source says what its MD5 is. */
    readonly sentWhole: number;
    /** Blocks of one blob that go through this process at once. */
    readonly sentBlocksAtOnce: number;
}

/**
 * One call: https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url ("up to a maximum length of 5,000
 * MiB"). Within an account: https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url (256 MiB).
 * A block may have 4,000 MiB; smaller ones go side by side and are less to do again after an interruption. A request may
 * send 5,000 MiB as well (https://learn.microsoft.com/rest/api/storageservices/put-blob): that much would be lost with it.
 */
export const transferSizes: TransferSizes = {
    oneCall: 5_000 * mebibyte,
    withinAccount: 256 * mebibyte,
    copiedBlock: 64 * mebibyte,
    copiedBlocksAtOnce: 16,
    pagesBetweenMarks: 256 * mebibyte,
    sentBlock: 8 * mebibyte,
    sentWhole: 256 * mebibyte,
    sentBlocksAtOnce: 8,
};
