import { z } from "zod";
import type { Context } from "../../core/contract.js";

/** The arguments that only certificates have; unknown ones are an error. */
export const certificateOptions = z.strictObject({
    versions: z.enum(["latest", "all"]).optional(),
    onUnexportable: z.enum(["lose", "recreate"]).optional(),
});

/** The same with what holds where the user says nothing. */
export type CertificateOptions = Required<z.infer<typeof certificateOptions>>;

/** The options of a store. Template mode knows no versions. */
export function optionsOf({ options, mode }: Pick<Context, "options" | "mode">): CertificateOptions {
    const { versions = "latest", onUnexportable = "lose" } = certificateOptions.parse(options);
    return { versions: mode === "template" ? "latest" : versions, onUnexportable };
}
