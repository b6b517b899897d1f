import { expect } from "chai";
import type { ResourceRef, Store } from "../../../providers/core/contract.js";
import { DataplaneError, type ErrorCode, type ErrorDetail } from "../../../providers/core/errors.js";
import { explainReach, reachOf } from "../../../providers/core/reach.js";

const open: ResourceRef = {
    type: "t",
    name: "box",
    endpoints: {},
    reference: "r",
    publicNetworkAccess: "Enabled",
};
const closed = { ...open, publicNetworkAccess: "disabled" };

function failing(code: ErrorCode, detail: ErrorDetail = {}): Pick<Store, "list"> {
    return {
        list: async function* () {
            await Promise.resolve();
            yield* [];
            throw new DataplaneError(code, "m", detail);
        },
    };
}
const reach = (store: Pick<Store, "list">, resource = open) => reachOf(store as Store, resource);

describe("whether this machine gets through", () => {
    it("is told by an answer, even a refusal, and by no answer", async () => {
        const empty = {
            list: async function* () {
                await Promise.resolve();
                yield* [];
            },
        };
        expect(await reach(empty)).to.deep.equal({ reach: "reached" });
        expect(await reach(failing("AccessDenied"))).to.deep.equal({ reach: "reached" });
        expect((await reach(failing("Unreachable"))).reach).to.equal("unreachable");
        expect(await reach(failing("Firewall", { remedy: "r" }))).to.deep.equal({
            reach: "blocked",
            reason: "m. r",
        });
        expect((await reach(failing("Firewall"), closed)).reach).to.equal("closed");
        expect((await reach(failing("Unreachable"), closed)).reach).to.equal("closed");
    });

    it("is not told by another failure", async () => {
        for (const code of ["Throttled", "CredentialInvalid", "Unexpected"] as const) {
            const error: unknown = await reach(failing(code)).catch((reason: unknown) => reason);
            expect(error).to.include({ code });
        }
    });

    it("says what to do, and that no role helps", () => {
        const explain = (code: ErrorCode, detail: ErrorDetail, resource: ResourceRef) =>
            explainReach(new DataplaneError(code, "m", detail), resource).detail.remedy;
        expect(explain("Unreachable", {}, closed)).to.match(/public network access of box is disabled/);
        expect(explain("Firewall", { remedy: "r", status: 403 }, closed)).to.match(/No role is missing/);
        expect(explain("Firewall", { remedy: "r", status: 403 }, open)).to.equal("r");
        expect(explain("Unreachable", {}, open)).to.match(/private endpoint.*a role does not help/);
        expect(explain("Unreachable", { status: 503 }, open)).to.equal(undefined);
        expect(explain("AccessDenied", {}, closed)).to.equal(undefined);
    });
});
