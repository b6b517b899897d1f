/** A client that copies in a case: ours or a peer. */
export interface Client {
    /** `ours`, `rclone`, `azcopy`. */
    readonly name: string;
    /** Copies from a new place, and answers with figures of the run. Times in seconds, memory in MiB. */
    run(): Promise<Readonly<Record<string, number>>>;
}

/** One thing to measure, with the servers that it needs. */
export interface Case {
    readonly name: string;
    /** Starts what the case needs, in a fresh state, and gives the clients that take part. */
    prepare(stack: AsyncDisposableStack): Promise<readonly Client[]>;
}
