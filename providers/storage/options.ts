import { z } from "zod";

/** What `containers` takes. */
export const containerOptions = z.strictObject({
    /** Carries the level of public access too. Default false: copies are private. */
    publicAccess: z.boolean().optional(),
    /** Stored access policies: `true` must be carried, `false` are left out; by default where they can be read. */
    policies: z.boolean().optional(),
});

/** What `blobs` takes. */
export const blobOptions = z.strictObject({
    /** Index tags: `true` must be carried, `false` are left out; by default where the role for them is there. */
    tags: z.boolean().optional(),
    /** Carries snapshots, oldest first, before each blob. Default false. */
    snapshots: z.boolean().optional(),
});
