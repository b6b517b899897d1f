import { readFile, writeFile } from "node:fs/promises";

/** A value in stack config: plain, or encrypted where it is given as `{ secret: "…" }`. */
export type ConfigValue = string | number | boolean | object;

/** Stack config by its full key: `azure-dataplane:mode`. */
export type Config = Readonly<Record<string, ConfigValue>>;

/** Tells a secret value from a plain object. */
function isSecret(value: ConfigValue): value is { secret: string } {
    return (
        typeof value === "object" &&
        Object.keys(value).length === 1 &&
        typeof (value as { secret?: unknown }).secret === "string"
    );
}

/**
 * Writes the plain values into a stack's config file, in place of all that was there; what the CLI keeps there to
 * decrypt secrets stays. JSON is YAML.
 *
 * @param file `Pulumi.<stack>.yaml`.
 */
export async function writePlainConfig(file: string, config: Config): Promise<void> {
    const before = await readFile(file, "utf8").catch(() => "");
    const salt = /^\s*"?encryptionsalt"?:\s*"?([^\s",]+)/m.exec(before)?.[1];
    const plain = Object.fromEntries(Object.entries(config).filter(([, value]) => !isSecret(value)));
    await writeFile(
        file,
        JSON.stringify({ ...(salt === undefined ? {} : { encryptionsalt: salt }), config: plain }),
    );
}

/** The arguments of `pulumi config set-all` for the secret values; none where there are no secrets. */
export function secretArguments(config: Config): string[] {
    return Object.entries(config).flatMap(([key, value]) =>
        isSecret(value) ? ["--secret", `${key}=${value.secret}`] : [],
    );
}
