import { compete } from "./competitor.js";
import type { Job, JobResult } from "./messages.js";
import { replicateAgain, replicateOnce } from "./replicas.js";
import { runScript } from "./script.js";

// The client's side of a case, in a process of its own: the local Azure must not share its event loop.

async function run(job: Job): Promise<JobResult> {
    switch (job.kind) {
        case "replicate":
            return replicateOnce(job);
        case "replicate-again":
            return replicateAgain(job);
        case "script":
        case "script-again":
            return runScript(job);
        case "compete":
            return compete(job, stopped);
    }
}

const { promise: stopped, resolve: stop } = Promise.withResolvers<undefined>();

process.on("message", (message: Job | "stop") => {
    if (message === "stop") {
        stop(undefined);
        return;
    }
    run(message).then(
        (result) => {
            process.send?.(result);
            process.disconnect();
        },
        (error: unknown) => {
            console.error(error);
            process.exit(1);
        },
    );
});
