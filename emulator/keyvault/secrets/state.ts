import type { ObjectVersion } from "../objects.js";

/** One version of a secret. */
export interface SecretVersion extends ObjectVersion {
    value: string;
    contentType?: string;
    /** The id of the key that backs the same certificate. */
    kid?: string;
}
