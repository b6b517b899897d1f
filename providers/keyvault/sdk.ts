/**
 * The types of Azure's SDK as `await import()` gives them; the package itself is loaded when a vault is opened. Its two
 * builds (for `import` and for `require`) have classes of their own, so types must come from the one that is used.
 */
export type { SecretClient, SecretProperties, SetSecretOptions } from "@azure/keyvault-secrets" with {
    "resolution-mode": "import",
};
export type {
    AdministratorContact,
    CertificateClient,
    CertificateContact,
    CertificateIssuer,
    CertificatePolicy,
    CertificateProperties,
    ImportCertificateOptions,
    ImportCertificatePolicy,
    KeyVaultCertificateWithPolicy,
} from "@azure/keyvault-certificates" with { "resolution-mode": "import" };

export type {
    CreateKeyOptions,
    DeletedKey,
    KeyClient,
    KeyReleasePolicy,
    KeyRotationPolicy,
    KeyRotationPolicyProperties,
    KeyVaultKey,
    UpdateKeyPropertiesOptions,
} from "@azure/keyvault-keys" with { "resolution-mode": "import" };
