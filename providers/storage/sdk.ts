/** The types of Azure's SDK; the package itself is loaded when an account is opened. */
export type {
    AppendBlobClient,
    BlobHTTPHeaders,
    BlobRequestConditions,
    BlobServiceClient,
    BlockBlobClient,
    ContainerItem,
    CorsRule,
    PageBlobClient,
    PublicAccessType,
    SignedIdentifier,
} from "@azure/storage-blob";
