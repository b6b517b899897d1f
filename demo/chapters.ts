import { LocalAzure } from "../emulator/local-azure.js";
import { openClients, type Clients } from "./clients.js";
import { freshValue, laterChanges } from "./contoso.js";
import { Deployment, type StackOutputs } from "./deployment.js";
import { diffOf, doneLines, messagesOf, programExcerpt, totalLines, waitingLine } from "./excerpt.js";
import type { CommandResult } from "../engine-support/index.js";
import { productionHosts, stagingDeployer } from "./identities.js";
import { prove, type Proof } from "./proof.js";
import { expectChanges, expectNoLeak, expectProof, expectNoWrites } from "./promises.js";
import { setTheScene } from "./scene.js";
import { seed, type Seeded } from "./seed.js";
import type { Story } from "./story.js";
import { bytes, count, seconds } from "./text.js";

/** Takes what is to be undone at the end, also after a failure; the last one first. */
export type Finally = (undo: () => Promise<void>) => void;

/** How long a role that the program assigns takes to act: minutes in Azure, enough here to be seen. */
const newRoleDelayMilliseconds = 2_000;

/** Starts the local Azure. */
export async function startAzure(story: Story, atEnd: Finally): Promise<LocalAzure> {
    story.chapter("A local Azure");
    story.say(
        "This needs no Azure subscription. One process plays Azure on this machine: sign-in, Resource Manager, " +
            "roles, Key Vault and Storage, at their real host names. Everything below is the production code of " +
            "this package, of Pulumi and of Microsoft's SDKs, with production URLs.",
    );
    const azure = await LocalAzure.start({ roleAssignmentDelayMilliseconds: newRoleDelayMilliseconds });
    atEnd(() => azure.stop());
    azure.useHere();
    story.fact(`It listens on 127.0.0.1:${String(azure.port)}, and nothing leaves this machine.`);
    return azure;
}

/** Fills the production tenant. */
export async function fillProduction(story: Story, azure: LocalAzure): Promise<[Clients, Seeded]> {
    story.chapter("Contoso Production: a vault and a storage account, in use for years");
    const clients = setTheScene(azure);
    const seeded = await story.during("filling them", seed(clients));
    const { secrets, blobs, containers } = seeded;
    story.fact(
        `The vault contoso-prod-app has ${count(secrets, "secret")}: with expiry dates, content types and tags; ` +
            "one is disabled.",
    );
    story.fact(
        `The account contosoprodmedia has ${count(blobs, "blob")} in ${count(containers, "container")}, ` +
            `${bytes(seeded.bytes)}: with headers, metadata, index tags, tiers and an access policy.`,
    );
    story.say(
        "Contoso Staging is another tenant with another subscription, and empty. Whoever deploys to it may only " +
            "read production.",
    );
    return [clients, seeded];
}

/** Shows the program, and what `pulumi preview` says before anything is there. */
export async function firstPreview(story: Story, azure: LocalAzure, atEnd: Finally): Promise<Deployment> {
    story.chapter("A Pulumi program, and what it would do");
    story.say(
        "demo/program/index.ts makes staging's own resource group, vault, storage account and roles with " +
            "@pulumi/azure-native, as ever. Beside them it declares what belongs into them:",
    );
    story.quote(await programExcerpt("replicas"));
    const deployment = await Deployment.create(azure, (line) => {
        story.note(line);
    });
    atEnd(() => deployment.remove());
    const preview = await story.during("pulumi preview", deployment.preview());
    story.say(
        "pulumi preview, shortened. Each secret and each blob is there, with its version in production:",
    );
    story.quote([
        ...replicaDiff(preview, "keyvault:Secrets", "app"),
        ...replicaDiff(preview, "storage:Blobs", "media-blobs"),
        ...totalLines(preview.stdout),
    ]);
    expectNoWrites("the preview", azure);
    story.fact("Nothing was written: a preview only lists.");
    return deployment;
}

/** Deploys for the first time. Answers also whether it had to wait for a role. */
export async function firstUp(
    story: Story,
    azure: LocalAzure,
    deployment: Deployment,
): Promise<{ outputs: StackOutputs; waited: boolean }> {
    story.chapter("pulumi up: infrastructure and contents in one run");
    const up = await story.during("pulumi up", deployment.up());
    story.quote([...doneLines(up.stdout), ...totalLines(up.stdout)]);
    const outputs = await deployment.outputs();
    const { secrets, blobs } = outputs.summaries;
    const waited = waitingLine(up.stdout);
    if (waited !== undefined) {
        story.say(
            "The roles that the program gives itself take a moment to act, minutes in Azure. The replicas wait " +
                `for that: "${waited}".`,
        );
    }
    story.say(
        `${count(secrets.created, "secret")} in ${seconds(secrets.seconds)}. ${count(blobs.created, "blob")}, ` +
            `${bytes(blobs.bytes)}, in ${seconds(blobs.seconds)}: the storage service copied ` +
            `${String(blobs.paths["server-side"] ?? 0)} of them itself, none of it through this process.`,
    );
    expectNoWrites("the first run", azure, productionHosts);
    story.fact("No write reached production.");
    story.say("The disabled secret came as name, attributes and tags: nobody can read its value.");
    return { outputs, waited: waited !== undefined };
}

/** Reads both sides and compares them. */
export async function firstProof(
    story: Story,
    production: Clients,
    outputs: StackOutputs,
    seeded: Seeded,
): Promise<Clients> {
    story.chapter("Proof: both sides, read with Microsoft's own SDKs");
    const staging = openClients(stagingDeployer, outputs.vaultUri, outputs.blobEndpoint);
    await tellProof(story, production, staging, seeded);
    return staging;
}

/** Changes production and previews again. Answers with the items that the preview showed. */
export async function productionMovesOn(
    story: Story,
    azure: LocalAzure,
    production: Clients,
    deployment: Deployment,
): Promise<{ previewed: string[]; newValues: string[] }> {
    const { rotated, deleted } = laterChanges;
    story.chapter("Production moves on: two secrets rotated, one blob deleted");
    const newValues = rotated.map(() => freshValue());
    for (const [index, name] of rotated.entries()) {
        const { properties } = await production.secrets.getSecret(name);
        const { contentType, expiresOn, tags } = properties;
        await production.secrets.setSecret(name, newValues[index] ?? "", {
            ...(contentType === undefined ? {} : { contentType }),
            ...(expiresOn === undefined ? {} : { expiresOn }),
            ...(tags === undefined ? {} : { tags }),
        });
    }
    await production.blobs.getContainerClient(deleted.container).deleteBlob(deleted.name);
    azure.requests.clear();
    const preview = await story.during("pulumi preview", deployment.preview());
    story.say("The program is as it was. pulumi preview shows what changed, item by item, and nothing else:");
    story.quote([
        ...diffOf(preview.stdout, "keyvault:Secrets", "app"),
        ...diffOf(preview.stdout, "storage:Blobs", "media-blobs"),
        ...totalLines(preview.stdout),
    ]);
    const previewed = expectChanges(preview.events, [
        ...rotated.map((item) => ({ resource: "app", item, change: "update" as const })),
        { resource: "media-blobs", item: `${deleted.container}/${deleted.name}`, change: "delete" },
    ]);
    expectNoWrites("the preview", azure);
    story.fact(
        `Exactly what changed: ${rotated.join(" and ")} would be updated, ` +
            `${deleted.container}/${deleted.name} deleted.`,
    );
    return { previewed, newValues };
}

/** Applies the change and proves again. */
export async function secondUp(
    story: Story,
    deployment: Deployment,
    production: Clients,
    staging: Clients,
    seeded: Seeded,
): Promise<Proof> {
    story.chapter("pulumi up again: only these three");
    const up = await story.during("pulumi up", deployment.up());
    story.quote([...doneLines(up.stdout), ...totalLines(up.stdout)]);
    story.say(
        "The blob is gone from staging too, because the program says prune: true. Without it a copy stays when " +
            "its source goes; and what Pulumi did not copy itself is never pruned.",
    );
    return tellProof(story, production, staging, { ...seeded, blobs: seeded.blobs - 1 });
}

/** Deploys once more with nothing changed, and looks for values where there must be none. */
export async function nothingToDo(
    story: Story,
    azure: LocalAzure,
    deployment: Deployment,
    secretValues: readonly string[],
): Promise<{ seconds: number }> {
    story.chapter("A third pulumi up, with nothing changed");
    azure.requests.clear();
    const since = performance.now();
    const up = await story.during("pulumi up", deployment.up());
    const took = (performance.now() - since) / 1000;
    story.quote(totalLines(up.stdout));
    expectNoWrites("a run with nothing to do", azure);
    story.fact("No write reached Azure, by its own count.");
    await expectNoLeak(deployment.folder, secretValues);
    story.fact("No secret's value is in Pulumi's state, its logs or its temporary files.");
    return { seconds: took };
}

async function tellProof(
    story: Story,
    production: Clients,
    staging: Clients,
    expected: Pick<Seeded, "secrets" | "containers" | "blobs">,
): Promise<Proof> {
    const proof = await story.during("reading both sides", prove(production, staging));
    expectProof(proof, expected);
    story.fact(
        `${count(proof.secrets, "secret")}, ${count(proof.containers, "container")}, ${count(proof.blobs, "blob")}: ` +
            `all ${String(proof.properties)} attributes, headers, tags and tiers are equal, and all ` +
            `${bytes(proof.bytes)} of contents.`,
    );
    return proof;
}

/** A replica in a preview: its items, and the line that it says about what would be done. */
function replicaDiff(preview: CommandResult, type: string, name: string): string[] {
    const said = messagesOf(preview.events, name).map((line) => `    # ${line}`);
    return [...diffOf(preview.stdout, type, name), ...said];
}
