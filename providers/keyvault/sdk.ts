/** The types of Azure's SDK; the package itself is loaded when a vault is opened. */
export type { SecretClient, SecretProperties, SetSecretOptions } from "@azure/keyvault-secrets";
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
} from "@azure/keyvault-certificates";

export type {
    CreateKeyOptions,
    DeletedKey,
    KeyClient,
    KeyReleasePolicy,
    KeyRotationPolicy,
    KeyRotationPolicyProperties,
    KeyVaultKey,
    UpdateKeyPropertiesOptions,
} from "@azure/keyvault-keys";
