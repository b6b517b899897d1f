import { z } from "zod";
import { DataplaneError } from "../errors.js";
import type { CredentialSettings } from "./settings.js";

/** The key of the stack config that holds the named profiles. */
export const profilesKey = "azure-dataplane:profiles";

const profileName = z
    .string()
    .regex(
        /^[a-z][a-z0-9-]*$/i,
        "a profile's name has letters, digits and hyphens, and begins with a letter",
    );

const profileSetting = z.strictObject({
    tenantId: z.string().min(1).optional(),
    clientId: z.string().min(1).optional(),
    clientSecret: z.string().min(1).optional(),
    /** A PEM file with certificate and private key. */
    clientCertificatePath: z.string().min(1).optional(),
    clientCertificatePassword: z.string().optional(),
    oidcToken: z.string().min(1).optional(),
    oidcTokenFilePath: z.string().min(1).optional(),
    subscriptionId: z.string().min(1).optional(),
    cloud: z.string().min(1).optional(),
    /** A managed identity: `clientId` says which, where the machine has several. */
    useManagedIdentity: z.boolean().optional(),
    /** The browser may be opened. Default false. */
    interactive: z.boolean().optional(),
});

/** One profile as the stack config gives it: everything is optional, and what is absent comes from the environment. */
export type ProfileSetting = z.infer<typeof profileSetting>;

const profilesSetting = z.record(profileName, profileSetting);

/**
 * The profile of that name in the stack config `azure-dataplane:profiles`, a JSON object by name; undefined where
 * there is none.
 *
 * @throws DataplaneError `CredentialInvalid` that names the member that is wrong, never its value.
 */
export function readProfileSetting(settings: CredentialSettings, name: string): ProfileSetting | undefined {
    const text = settings.get(profilesKey);
    if (text === undefined || text.trim() === "") return undefined;
    let parsed: unknown;
    try {
        parsed = JSON.parse(text);
    } catch {
        // The parser's message quotes the text, and with it the secrets.
        throw wrong("it is not JSON");
    }
    const result = profilesSetting.safeParse(parsed);
    if (!result.success) {
        const problems = result.error.issues.map((issue) => {
            // What is wrong with a key stands one level deeper.
            const message =
                (issue.code === "invalid_key" ? issue.issues[0] : issue)?.message ?? issue.message;
            return `${issue.path.join(".") || "value"}: ${message}`;
        });
        throw wrong(problems.join("; "));
    }
    return Object.hasOwn(result.data, name) ? result.data[name] : undefined;
}

function wrong(what: string): DataplaneError {
    return new DataplaneError("CredentialInvalid", `The stack config ${profilesKey} is wrong: ${what}`, {
        argument: profilesKey,
        remedy: `Set it with: pulumi config set --secret ${profilesKey} '{"source":{"tenantId":"…","clientId":"…"}}'`,
    });
}
