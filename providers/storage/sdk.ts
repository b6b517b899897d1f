/**
 * The types of Azure's SDK as `await import()` gives them; the package itself is loaded when an account is opened. Its
 * two builds (for `import` and for `require`) have classes of their own, so types must come from the one that is used.
 */
export type {
    AppendBlobClient,
    BlobHTTPHeaders,
    BlobRequestConditions,
    BlobServiceClient,
    BlobServiceProperties,
    BlockBlobClient,
    ContainerItem,
    CorsRule,
    PageBlobClient,
    PublicAccessType,
    SignedIdentifier,
} from "@azure/storage-blob" with { "resolution-mode": "import" };
