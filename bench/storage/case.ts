/** Figures of one run. Times in seconds, memory in MiB. */
export type Figures = Readonly<Record<string, number>>;

/** A client that copies in a case: ours or a peer. */
export interface Client {
    /** `ours`, `rclone`, `azcopy`. */
    readonly name: string;
    /** Gets the program, once, before anything is measured. */
    prepare?(): void;
    /** Copies from a new place, and answers with figures of the run. */
    run(): Promise<Figures>;
    /** It is measured in the first round alone, where it takes long and varies little. */
    readonly once?: boolean;
}

/** One thing to measure, with the servers that it needs. */
export interface Case {
    readonly name: string;
    /** A common name of cases that take long: they run only where they, or their group, are asked for. */
    readonly group?: string;
    /** Peers that can't do this at all, by name, and why. */
    readonly cannot?: Readonly<Record<string, string>>;
    /** Figures that are made of the medians of all clients, by name. */
    derive?(medians: Readonly<Record<string, Figures>>): Figures;
    /** Starts what the case needs, in a fresh state, and gives the clients that take part. */
    prepare(stack: AsyncDisposableStack): Promise<readonly Client[]>;
}
