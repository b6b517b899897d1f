/** The types of Azure's SDK; the package itself is loaded when an account is opened. */
export type { ShareItem, ShareServiceClient, SignedIdentifier } from "@azure/storage-file-share";
