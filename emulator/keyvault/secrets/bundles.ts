import { attributesOf, type Attributes } from "../attributes.js";
import type { ArmRecord } from "../../contract.js";
import type { VaultObject } from "../objects.js";
import type { SecretVersion } from "./state.js";

/** A secret in a listing: no value, and no version in the id except in a listing of versions. */
export interface SecretItem {
    contentType?: string;
    id: string;
    kid?: string;
    managed?: boolean;
    attributes: Attributes;
    tags?: Record<string, string>;
}

/** A secret as operations on one version answer it. */
export interface SecretBundle extends SecretItem {
    value?: string;
}

/** An entry of a listing; `version` undefined: of secrets. */
export function secretItem(
    vault: ArmRecord,
    host: string,
    secret: VaultObject<SecretVersion>,
    shown: SecretVersion,
    version?: string,
): SecretItem {
    return {
        ...(shown.contentType === undefined ? {} : { contentType: shown.contentType }),
        id: `https://${host}/secrets/${secret.name}${version === undefined ? "" : `/${version}`}`,
        ...(secret.managed === true ? { managed: true } : {}),
        attributes: attributesOf(vault, shown),
        ...(shown.tags === undefined ? {} : { tags: shown.tags }),
    };
}

/** The whole of a version, with the value where the operation answers with it. */
export function secretBundle(
    vault: ArmRecord,
    host: string,
    secret: VaultObject<SecretVersion>,
    shown: SecretVersion,
    options: { value: boolean },
): SecretBundle {
    return {
        ...(options.value ? { value: shown.value } : {}),
        ...secretItem(vault, host, secret, shown, shown.version),
        ...(shown.kid === undefined ? {} : { kid: shown.kid }),
    };
}
