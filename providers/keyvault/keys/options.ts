import { z } from "zod";

/** Arguments of keys alone. */
export const keyOptions = z.strictObject({
    /** What becomes of a key whose private part can't get to the target. */
    onUnexportable: z.enum(["lose", "recreate"]).optional(),
});

/** Whether a new key may be made in the place of one that can't come along. Default: it is a loss. */
export function mayRecreate(options: Readonly<Record<string, unknown>>): boolean {
    return keyOptions.parse(options).onUnexportable === "recreate";
}
