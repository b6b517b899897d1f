import { z } from "zod";
import { propertyServices } from "./service-property-item.js";

/** What `containers` takes. */
export const containerOptions = z.strictObject({
    /** Carries the level of public access too. Default false: copies are private. */
    publicAccess: z.boolean().optional(),
    /** Stored access policies: `true` must be carried, `false` are left out; by default where they can be read. */
    policies: z.boolean().optional(),
});

/** Of accounts with a hierarchical namespace. */
const accessOptions = {
    /**
     * Owner, group and access control list: `true` must be carried, `false` are left out; by default where both accounts
     * have such and the role for them is there.
     */
    accessControl: z.boolean().optional(),
    /** The target's object ID for each of the source's, where the two are in different tenants. */
    principals: z.record(z.string(), z.string().min(1)).optional(),
};

/** What `directories` takes. */
export const directoryOptions = z.strictObject(accessOptions);

/** What `blobs` takes. */
export const blobOptions = z.strictObject({
    ...accessOptions,
    /** Index tags: `true` must be carried, `false` are left out; by default where the role for them is there. */
    tags: z.boolean().optional(),
    /** Carries snapshots, oldest first, before each blob. Default false. */
    snapshots: z.boolean().optional(),
    /**
     * Immutability policies and legal holds, where the target's container has version-level immutability: `"unlocked"`
     * (default) leaves the copy of a locked policy unlocked, `"same"` locks it, which nobody can undo, `false` sets none.
     */
    immutability: z.union([z.enum(["unlocked", "same"]), z.literal(false)]).optional(),
    /**
     * The target's encryption scope for each of the source's, by name. Default: the enabled one of the same name, where
     * ARM may be asked. `false`: none are carried.
     */
    encryptionScopes: z.union([z.record(z.string(), z.string().min(1)), z.literal(false)]).optional(),
    /**
     * Has the service copy archived blobs to the tier Cool, which takes hours and costs money, with that priority.
     * Default false: they are losses.
     */
    rehydrate: z.union([z.enum(["standard", "high"]), z.literal(false)]).optional(),
});

/** What `queues` takes. */
export const queueOptions = z
    .strictObject({
        /** Stored access policies: `true` must be carried, `false` are left out; by default where they can be read. */
        policies: z.boolean().optional(),
        /** Copies messages, once, into empty queues. Only together with `acknowledge`; by default they stay. */
        messages: z.enum(["copy"]).optional(),
        /** What the user knows to be changed at the source: messages are hidden while they are read. */
        acknowledge: z.array(z.enum(["messages"])).optional(),
        /** For how many seconds messages are hidden at the longest, whatever becomes of the run. Default 300. */
        visibilityTimeout: z.int().min(30).max(604_800).optional(),
    })
    .refine((options) => options.messages === undefined || copiesMessages(options), {
        path: ["acknowledge"],
        message:
            'messages: "copy" hides each message at the source from its consumers while it is read: say that you know by acknowledge: ["messages"], or leave "messages" out',
    });

/** Whether messages are to be copied, by the two arguments that it takes. */
export function copiesMessages(options: Readonly<Record<string, unknown>>): boolean {
    const { messages, acknowledge } = options;
    return messages === "copy" && Array.isArray(acknowledge) && acknowledge.includes("messages");
}

/** What `serviceProperties` takes. */
export const servicePropertyOptions = z.strictObject({
    /** Of which services. Default: of the blob service. */
    services: z.array(z.enum(propertyServices)).min(1).optional(),
});
