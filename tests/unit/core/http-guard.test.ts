import { createHttpHeaders, type PipelineRequest } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import fc from "fast-check";
import type { DisturbingReads } from "../../../providers/core/disturbing-reads.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import { chainElement, FakeService, FakeTiming, request } from "./support/fake-http.js";

const methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE", "TRACE"] as const;

describe("the guard of the source", () => {
    it("lets nothing but reads leave, whatever the method, its override and the declared reads", async () => {
        const override = fc.option(fc.constantFrom("get", "PUT", "delete", " MERGE "), { nil: undefined });
        await fc.assert(
            fc.asyncProperty(
                fc.constantFrom(...methods),
                override,
                fc.constantFrom("x-http-method", "x-http-method-override", "option"),
                fc.boolean(),
                async (method, other, where, postReads) => {
                    const service = new FakeService({ status: 200 });
                    const element = chainElement({ sourceReads: (m) => postReads && m === "POST" });
                    const { client } = createHttpClient({ side: "source", element, baseClient: service });
                    const sent = request(method, "https://a/b");
                    if (other !== undefined && where === "option") sent.requestOverrides = { method: other };
                    else if (other !== undefined) sent.headers = createHttpHeaders({ [where]: other });
                    const reads = new Set(["GET", "HEAD", "OPTIONS", ...(postReads ? ["POST"] : [])]);
                    const effective = [method, ...(other === undefined ? [] : [other.trim().toUpperCase()])];
                    const error: unknown = await client.sendRequest(sent).then(
                        () => undefined,
                        (reason: unknown) => reason,
                    );
                    if (effective.every((each) => reads.has(each))) {
                        expect(error).to.equal(undefined);
                        expect(service.sent).to.have.length(1);
                    } else {
                        expect(isDataplaneError(error, "SourceWrite")).to.equal(true);
                        expect(service.sent).to.have.length(0);
                    }
                },
            ),
        );
    });

    it("names the place without the query, and lets the target be written", async () => {
        const service = new FakeService({ status: 200 });
        const options = { element: chainElement(), baseClient: service, timing: new FakeTiming() };
        const sent = () => request("PUT", "https://a/b?sig=secret-signature");
        const source = createHttpClient({ side: "source", ...options });
        const error: unknown = await source.client.sendRequest(sent()).catch((reason: unknown) => reason);
        expect(isDataplaneError(error, "SourceWrite") && error.detail.resource).to.equal("https://a/b");
        expect(source.meter.total.requests).to.equal(0);
        const target = createHttpClient({ side: "target", ...options });
        expect((await target.client.sendRequest(sent())).status).to.equal(200);
    });

    it("lets reads that change something leave only where they are acknowledged, GET or not", async () => {
        const disturbingReads: DisturbingReads = {
            includes: (_method, url) => url.pathname.startsWith("/hidden"),
            allows: ({ method, hasBody }, options) =>
                options["known"] === true && method !== "DELETE" && !hasBody,
            notice: () => undefined,
        };
        const element = chainElement({ disturbingReads, sourceReads: () => true });
        const leaves = async (options: object, sent: PipelineRequest): Promise<boolean> => {
            const baseClient = new FakeService({ status: 200 });
            const { client } = createHttpClient({
                side: "source",
                element,
                baseClient,
                options: { ...options },
            });
            await client.sendRequest(sent).catch(() => undefined);
            return baseClient.sent.length > 0;
        };
        for (const method of ["GET", "HEAD", "PUT", "DELETE"] as const) {
            const sent = () => request(method, "https://a/hidden");
            expect(await leaves({}, sent()), method).to.equal(false);
            expect(await leaves({ known: true }, sent()), method).to.equal(method !== "DELETE");
        }
        expect(await leaves({ known: true }, request("PUT", "https://a/hidden", { body: "x" }))).to.equal(
            false,
        );
        expect(await leaves({}, request("GET", "https://a/open"))).to.equal(true);
    });
});
