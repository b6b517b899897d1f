import {
    fillProduction,
    firstPreview,
    firstProof,
    firstUp,
    nothingToDo,
    productionMovesOn,
    secondUp,
    startAzure,
    type Finally,
} from "./chapters.js";
import { tellEnding } from "./ending.js";
import type { Figures } from "./figures.js";
import { productionHosts } from "./identities.js";
import type { Story } from "./story.js";

/**
 * The whole demo, chapter by chapter.
 *
 * Throws `PulumiFailed`, `NotEqual` or `BrokenPromise` where something does not go as told.
 */
export async function tell(story: Story, atEnd: Finally): Promise<Figures> {
    story.title(
        "pulumi-azure-dataplane: the contents of Azure resources as a part of a Pulumi stack",
        "A copy of an Azure environment that is made from its resources alone is a set of empty shells: vaults " +
            "without secrets, storage without blobs. This demo fills them, in about a minute.",
    );
    const azure = await startAzure(story, atEnd);
    const [production, seeded] = await fillProduction(story, azure);
    azure.requests.clear();
    const deployment = await firstPreview(story, azure, atEnd);
    const { outputs, waited } = await firstUp(story, azure, deployment);
    const staging = await firstProof(story, production, outputs, seeded);
    const sourceWrites = azure.requests.writes(productionHosts);
    const { previewed, newValues } = await productionMovesOn(story, azure, production, deployment);
    const proven = await secondUp(story, deployment, production, staging, seeded);
    const values = [...seeded.secretValues, ...newValues];
    const idle = await nothingToDo(story, azure, deployment, values);
    const { secrets, retired, containers, blobs } = outputs.summaries;
    const created = [secrets, retired, containers, blobs].reduce((sum, summary) => sum + summary.created, 0);
    const all = seeded.secrets + seeded.containers + seeded.blobs;
    tellEnding(story, { outputs, waited, proof: proven, fidelity: created / all, idleSeconds: idle.seconds });
    return {
        chapters: story.chapters,
        seconds: Math.round(story.chapters.reduce((sum, chapter) => sum + chapter.seconds, 0) * 10) / 10,
        copied: {
            items: created,
            bytes: blobs.bytes,
            seconds: secrets.seconds + blobs.seconds,
            paths: blobs.paths,
        },
        fidelity: created / all,
        proven,
        previewed,
        writes: { source: sourceWrites, targetWhenNothingChanged: 0 },
        idleSeconds: Math.round(idle.seconds * 10) / 10,
        leaks: 0,
    };
}
