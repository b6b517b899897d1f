import type { Client, Figures } from "./case.js";
import { runOurs, type OurOptions, type Told } from "./ours.js";
import { prepareAzcopy, runAzcopy, type AzcopySettings } from "./peers/azcopy.js";
import { prepareRclone, runRclone } from "./peers/rclone.js";
import type { Place } from "./place.js";

/** What a client does at a place. */
export interface Work {
    /** Comes before, and is not measured. */
    before?(place: Place): Promise<unknown>;
    run(place: Place): Promise<Figures>;
}

/** Makes a new place, has the work done there, and adds what the servers saw of it. */
export type OnPlace = (work: Work) => Promise<Figures>;

export interface ClientOptions {
    /** The work is done once before it is measured, so that there is nothing to do. */
    readonly again?: boolean;
    readonly once?: boolean;
}

/** Our compiled package; `check` throws where the run did not do what it should have. */
export function ours(
    onPlace: OnPlace,
    options: OurOptions & ClientOptions,
    check: (told: Told) => void = () => undefined,
): Client {
    return {
        name: "ours",
        async run() {
            let copied: Told["copied"] = {};
            return onPlace({
                async before(place) {
                    if (options.again === true) copied = (await runOurs(place, options)).told.copied;
                },
                async run(place) {
                    const { told, wall, cpu, memory } = await runOurs(place, { ...options, copied });
                    check(told);
                    return { wall, cpu, memory, running: told.seconds, state: told.state };
                },
            });
        },
    };
}

export function rclone(
    onPlace: OnPlace,
    flags: readonly string[],
    { again, once }: ClientOptions = {},
): Client {
    return {
        name: "rclone",
        prepare: prepareRclone,
        run: () => onPlace(worked((place) => runRclone(place, flags), again)),
        ...(once === undefined ? {} : { once }),
    };
}

export function azcopy(onPlace: OnPlace, settings: AzcopySettings): Client {
    return {
        name: "azcopy",
        prepare: prepareAzcopy,
        run: () => onPlace(worked((place) => runAzcopy(place, settings))),
    };
}

function worked(copy: (place: Place) => Promise<Figures>, again = false): Work {
    return { ...(again ? { before: copy } : {}), run: copy };
}
