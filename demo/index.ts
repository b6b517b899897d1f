/**
 * `npm run demo`: copies what is in a vault and a storage account from one tenant to another, on a local Azure and the
 * real Pulumi, and proves the result. Ends with exit code 0 only where every promise held.
 */
import { Cleanup } from "./cleanup.js";
import { PulumiFailed } from "./deployment.js";
import { parseOptions } from "./options.js";
import { tell } from "./plot.js";
import { BrokenPromise } from "./promises.js";
import { NotEqual } from "./proof.js";
import { writeFigures } from "./figures.js";
import { Story } from "./story.js";

async function main(): Promise<void> {
    const options = parseOptions(process.argv);
    const story = new Story();
    const cleanup = new Cleanup();
    cleanup.onSignals();
    try {
        const figures = await tell(story, (undo) => {
            cleanup.add(undo);
        });
        if (options.json !== undefined) await writeFigures(options.json, figures);
    } catch (error) {
        // Ctrl-C cuts whatever ran; its failure is no news.
        if (!cleanup.stopping) tellFailure(error);
    } finally {
        await cleanup.run();
    }
}

/** A plain message: a defect alone shows its stack. */
function tellFailure(error: unknown): void {
    const expected =
        error instanceof PulumiFailed || error instanceof BrokenPromise || error instanceof NotEqual;
    const message = expected ? error.message : String(error instanceof Error ? error.stack : error);
    process.stderr.write(`\nThe demo failed.\n${message}\n`);
    process.exitCode = 1;
}

void main();
