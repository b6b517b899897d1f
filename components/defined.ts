type Defined<Members> = { [Key in keyof Members]?: Exclude<Members[Key], undefined> };

/** Leaves out what is undefined: Pulumi would send it as a value. */
export function defined<Members extends object>(members: Members): Defined<Members> {
    return Object.fromEntries(
        Object.entries(members).filter(([, value]) => value !== undefined),
    ) as Defined<Members>;
}
