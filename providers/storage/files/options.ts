import { z } from "zod";

/** What `shares` takes. */
export const shareOptions = z.strictObject({
    /** Carries stored access policies too. Default true. */
    policies: z.boolean().optional(),
});

/** What `files` takes. */
export const fileOptions = z.strictObject({});
