import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { runEventOf } from "../../../cli/engine-events.js";
import { outcomesOf, type StateResource } from "../../../cli/outcome.js";
import type { PlannedReplica } from "../../../components/tenant-plan.js";

const component = "urn:pulumi:s::azure-dataplane::azure-dataplane:index:KeyVaultReplica::keyvault-app";
const type = "pulumi-nodejs:dynamic/azure-dataplane/keyvault:Secrets";
const urn = (element: string) => `${component}$${type}::keyvault-app-${element}`;
const replica = {
    name: "keyvault-app",
    type: "KeyVaultReplica",
    source: { id: "/s" },
    target: { id: "/t" },
    elements: ["secrets", "keys"],
} as unknown as PlannedReplica;

function event(kind: string, element: string, op = "create"): EngineEvent {
    const metadata = { urn: urn(element), type, op, new: { parent: component } };
    return { sequence: 0, timestamp: 0, [kind]: { metadata } };
}

function said(message: string, change: object = {}): EngineEvent {
    const diagnosticEvent = { message, severity: "info", urn: urn("secrets"), color: "", ...change };
    return { sequence: 0, timestamp: 0, diagnosticEvent } as unknown as EngineEvent;
}

function state(element: string, summary: object, initErrors: string[] = []): StateResource {
    return { urn: urn(element), type, parent: component, outputs: { summary }, initErrors };
}

const done = { created: 2, updated: 0, same: 1, failed: 0, conflicts: 0 };

function statusOf(events: EngineEvent[], resources: StateResource[]): string {
    return outcomesOf([replica], events, resources)[0]?.status ?? "";
}

describe("what the engine reports", () => {
    it("becomes progress, messages and steps, without colours and without debug lines", () => {
        expect(runEventOf(said("<{%reset%}>3 of 5<{%reset%}>\n", { ephemeral: true }))).to.deep.equal({
            type: "progress",
            resource: "keyvault-app-secrets",
            message: "3 of 5",
        });
        expect(runEventOf(said("careful", { severity: "warning" }))).to.deep.include({ severity: "warning" });
        expect(runEventOf(said("inputs of a resource", { severity: "debug" }))).to.equal(undefined);
        expect(runEventOf(event("resourcePreEvent", "secrets"))).to.deep.include({ type: "started" });
        expect(runEventOf(event("resourcePreEvent", "secrets", "same"))).to.equal(undefined);
        expect(runEventOf(event("resOpFailedEvent", "secrets"))).to.deep.include({
            type: "ended",
            failed: true,
        });
    });

    it("succeeds where every element type did", () => {
        const events = ["secrets", "keys"].map((element) => event("resOutputsEvent", element));
        expect(statusOf(events, [state("secrets", done), state("keys", done)])).to.equal("success");
    });

    it("is partial where some of it was done, also within one element type", () => {
        const events = [event("resOpFailedEvent", "secrets"), event("resOutputsEvent", "keys", "same")];
        expect(statusOf(events, [])).to.equal("partial");
        const partly = [event("resOpFailedEvent", "secrets"), event("resOpFailedEvent", "keys")];
        const some = { ...done, failed: 1 };
        expect(statusOf(partly, [state("secrets", some, ["one failed"])])).to.equal("partial");
        // What an earlier run left says nothing about this one.
        expect(statusOf(partly, [state("secrets", done)])).to.equal("failed");
    });

    it("is not done where items failed that were let pass, or were in conflict", () => {
        const events = ["secrets", "keys"].map((element) => event("resOutputsEvent", element, "update"));
        const none = { ...done, created: 0, same: 0, conflicts: 2 };
        expect(statusOf(events, [state("secrets", none), state("keys", done)])).to.equal("partial");
    });

    it("failed where the engine did not come to it", () => {
        const [result] = outcomesOf([replica], [event("resOpFailedEvent", "secrets")], []);
        expect(result?.status).to.equal("failed");
        expect(result?.elements.find(({ element }) => element === "keys")?.operation).to.equal("none");
    });
});
