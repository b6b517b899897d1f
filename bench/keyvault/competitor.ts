import { setTimeout as wait } from "node:timers/promises";
import { competitorSecret, type Job, type JobResult } from "./messages.js";
import { officialClient } from "./official.js";

/** Sets one secret so many times a second, whatever the answers, until it is stopped; comes again after a 429. */
export async function compete(job: Job, stopped: Promise<undefined>): Promise<JobResult> {
    const client = officialClient(job.targetUrl, "TARGET", {
        retryOptions: { maxRetries: 20, retryDelayInMs: 1_000 },
    });
    // The first request signs in; the others don't wait for it.
    await client.setSecret(competitorSecret, "0");
    const started = performance.now();
    const sent: Promise<unknown>[] = [];
    let [goesOn, failed] = [true, 0];
    void stopped.then(() => (goesOn = false));
    while (goesOn) {
        sent.push(
            client.setSecret(competitorSecret, String(sent.length)).catch(() => {
                failed += 1;
            }),
        );
        const next = started + (sent.length * 1000) / (job.perSecond ?? 1);
        await Promise.race([stopped, wait(next - performance.now())]);
    }
    // What is still on its way is nobody's time any more.
    return { seconds: (performance.now() - started) / 1000, failed };
}
