import { expect } from "chai";
import { engineAddress } from "../../../providers/core/pulumi/engine-log.js";

describe("the address of the engine", () => {
    it("is the last argument of the provider's process, after any flags", () => {
        expect(
            engineAddress(["node", "dynamic-provider", "-v=9", "--logtostderr", "127.0.0.1:40000"]),
        ).to.equal("127.0.0.1:40000");
    });

    it("is not there in any other process", () => {
        expect(engineAddress(["node", "mocha", "tests/unit"])).to.equal(undefined);
        expect(engineAddress([])).to.equal(undefined);
    });
});
