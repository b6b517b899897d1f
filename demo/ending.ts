import type { StackOutputs } from "./deployment.js";
import type { Proof } from "./proof.js";
import type { Story } from "./story.js";
import { bytes, count, percent, seconds } from "./text.js";

/** What of the run the ending tells. */
export interface Told {
    /** Of the first `pulumi up`. */
    outputs: StackOutputs;
    /** Whether it had to wait for a role to act. */
    waited: boolean;
    proof: Proof;
    fidelity: number;
    /** How long the run with nothing to do took. */
    idleSeconds: number;
}

/** What was copied, how fast, how faithfully, and where to go next. */
export function tellEnding(story: Story, { outputs, waited, proof, fidelity, idleSeconds }: Told): void {
    const { secrets, blobs } = outputs.summaries;
    story.ending("What you have seen");
    story.table([
        [
            "copied",
            `${count(proof.secrets, "secret")}, ${count(proof.containers, "container")}, ` +
                `${count(blobs.created, "blob")} (${bytes(blobs.bytes)}), across two tenants`,
        ],
        [
            "time",
            `secrets ${seconds(secrets.seconds)}, blobs ${seconds(blobs.seconds)}, on this machine` +
                (waited ? ", with the wait for the new roles" : ""),
        ],
        ["unchanged", `a run with nothing to do: ${seconds(idleSeconds)}, no write`],
        ["fidelity", `${percent(fidelity)} of all items, proven item by item`],
    ]);
    story.ending("Where to go next");
    story.table([
        ["README.md", "quick start for your own subscriptions: roles, credentials, modes"],
        ["examples/", "programs to copy: secrets beside infrastructure, a storage account, config only"],
        ["docs/architecture.md", "how it decides what to copy, and what protects your data"],
        ["npm run emulator", "this local Azure alone, for your own programs"],
    ]);
    story.say("");
}
