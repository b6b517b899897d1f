/**
 * Stack configuration, decrypted, by its whole key: `azure-dataplane:profiles`, `azure-native:clientId`. In the
 * program it is Pulumi's config, in the provider what `configure` was given.
 */
export interface CredentialSettings {
    get(key: string): string | undefined;
}

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;
