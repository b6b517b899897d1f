import type { ArmRecord } from "../../contract.js";
import { attributesOf, type Attributes } from "../attributes.js";
import type { VaultObject } from "../objects.js";
import { publicMembers } from "./material.js";
import type { KeyDetails, KeyVersion, ReleasePolicy } from "./state.js";

/** The attributes of a key: `hsmPlatform` is `0` for software keys, `2` for those of an HSM. */
export interface KeyAttributes extends Attributes {
    exportable: boolean;
    hsmPlatform: string;
}

/** A key in a listing. */
export interface KeyItem {
    kid: string;
    attributes: KeyAttributes;
    tags?: Record<string, string>;
    managed?: boolean;
}

/** A key as operations on one version answer it: never with a private member. */
export interface KeyBundle {
    key: Record<string, unknown>;
    attributes: KeyAttributes;
    tags?: Record<string, string>;
    managed?: boolean;
    release_policy?: ReleasePolicy;
}

/** An entry of a listing; `version` undefined: of keys. */
export function keyItem(
    vault: ArmRecord,
    host: string,
    key: VaultObject<KeyVersion, KeyDetails>,
    shown: KeyVersion,
    version?: string,
): KeyItem {
    return {
        kid: keyId(host, key.name, version),
        ...common(vault, key, shown),
    };
}

/** The whole of a version. */
export function keyBundle(
    vault: ArmRecord,
    host: string,
    key: VaultObject<KeyVersion, KeyDetails>,
    shown: KeyVersion,
): KeyBundle {
    return {
        key: {
            kid: keyId(host, key.name, shown.version),
            ...publicMembers(shown.material),
            kty: shown.kty,
            ...(shown.crv === undefined ? {} : { crv: shown.crv }),
            key_ops: shown.keyOps,
        },
        ...common(vault, key, shown),
        ...(shown.releasePolicy === undefined ? {} : { release_policy: shown.releasePolicy }),
    };
}

/** The id of a key or, with a version, of that. */
export function keyId(host: string, name: string, version?: string): string {
    return `https://${host}/keys/${name}${version === undefined ? "" : `/${version}`}`;
}

function common(
    vault: ArmRecord,
    key: VaultObject<KeyVersion, KeyDetails>,
    shown: KeyVersion,
): Pick<KeyItem, "attributes" | "tags" | "managed"> {
    return {
        attributes: {
            ...attributesOf(vault, shown),
            exportable: shown.exportable === true,
            hsmPlatform: shown.kty.endsWith("-HSM") ? "2" : "0",
        },
        ...(shown.tags === undefined ? {} : { tags: shown.tags }),
        ...(key.managed === true ? { managed: true } : {}),
    };
}
