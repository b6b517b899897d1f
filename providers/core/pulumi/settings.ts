import type { CredentialSettings } from "../credentials/settings.js";

/** What the dynamic provider protocol hands to `configure`. */
export interface ConfigureRequest {
    config: { get(key: string): string | undefined };
}

/** Nothing is configured: only the environment speaks. */
let current: CredentialSettings = { get: () => undefined };

/**
 * Keeps the stack's configuration for the credential profiles. Synchronous on purpose: the SDK lets the next call in
 * before an asynchronous `configure` has ended. On refresh and destroy it is the configuration that the state holds.
 */
export function configure(request: ConfigureRequest): void {
    current = { get: (key) => request.config.get(key) };
}

/** The stack's configuration in the provider process. */
export function providerSettings(): CredentialSettings {
    return current;
}
