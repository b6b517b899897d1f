import { expect } from "chai";
import { jsonSink, linesOf, plainSink } from "../../../cli/output.js";
import type { RunEvent } from "../../../cli/run-events.js";
import { registerSecret } from "../../../providers/core/redact.js";

const progress = (message: string): RunEvent => ({ type: "progress", resource: "app", message });

describe("what the command prints", () => {
    it("shows progress of a resource every few seconds at most", () => {
        let time = 0;
        const lines: string[] = [];
        const sink = plainSink(
            (text) => lines.push(text),
            () => time,
        );
        for (const [now, message] of [
            [0, "1 of 9"],
            [100, "2 of 9"],
            [6_000, "8 of 9"],
        ] as const) {
            time = now;
            sink(progress(message));
        }
        expect(lines).to.deep.equal(["app: 1 of 9\n", "app: 8 of 9\n"]);
    });

    it("is one JSON object per line for machines, and holds no secret either way", () => {
        registerSecret("canary-of-output");
        for (const make of [jsonSink, plainSink]) {
            let printed = "";
            make((text) => (printed += text))({
                type: "message",
                severity: "error",
                message: "wrong: canary-of-output\nsecond line",
            });
            expect(printed).to.not.contain("canary-of-output");
            if (make === jsonSink) expect(JSON.parse(printed)).to.deep.include({ severity: "error" });
        }
    });

    it("sums a result up", () => {
        const summary = { created: 2, updated: 0, failed: 1, conflicts: 0 } as never;
        const elements = [
            {
                element: "secrets",
                operation: "create",
                status: "partial",
                summary,
                errors: ["two: too long"],
            },
        ] as const;
        const replica = { replica: "app", source: "/s", target: "/t", status: "partial", elements } as const;
        const result = { status: "partial", replicas: [replica], unpaired: 1, seconds: 3.2 } as const;
        expect(linesOf({ type: "result", result })).to.deep.equal([
            "partial: app: secrets 2 created, 1 failed",
            "  secrets: two: too long",
            "partial: 0 of 1 replica done, 1 resource without a counterpart, 3 s",
        ]);
    });
});
