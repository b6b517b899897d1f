import { expect } from "chai";
import { Pilot } from "../../../providers/core/replication/pilot.js";

describe("the first copy by the service", () => {
    const small = 1_024;
    const large = 100 * 1024 * 1024;

    function flight() {
        const pilot = new Pilot();
        const begun: string[] = [];
        const first = Promise.withResolvers<string>();
        const fly = (name: string, bytes: number | undefined = small) =>
            pilot.fly(
                bytes,
                () => {
                    begun.push(name);
                    return name === "first" ? first.promise : Promise.resolve("copied");
                },
                () => {
                    begun.push(`${name}, afterwards`);
                    return Promise.resolve("otherwise");
                },
            );
        return { begun, first, fly };
    }

    it("goes alone, and the others go by what is known when it has ended", async () => {
        for (const fails of [false, true]) {
            const { begun, first, fly } = flight();
            const leading = fly("first");
            const others = [fly("a"), fly("b")];
            await Promise.resolve();
            expect(begun).to.deep.equal(["first"]);
            if (fails) first.reject(new Error("refused"));
            else first.resolve("copied");
            expect(await leading.catch(() => "failed")).to.equal(fails ? "failed" : "copied");
            expect(await Promise.all(others)).to.deep.equal(["otherwise", "otherwise"]);
            expect(await fly("c")).to.equal("copied");
            expect(begun).to.deep.equal(["first", "a, afterwards", "b, afterwards", "c"]);
        }
    });

    it("is not waited for where it takes long, or its size is not known", async () => {
        const { begun, first, fly } = flight();
        const leading = fly("first", large);
        expect(await fly("other", undefined)).to.equal("copied");
        expect(begun).to.deep.equal(["first", "other"]);
        first.resolve("copied");
        await leading;
    });
});
