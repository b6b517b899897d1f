import { expect } from "chai";
import fc from "fast-check";
import { DataplaneError } from "../../../providers/core/errors.js";
import {
    identity,
    mismatch,
    parseReference,
    referenceMatches,
    referenceProblem,
} from "../../../providers/core/references.js";
import { boxId, fakePlugin, subscription } from "./support/fake-plugin.js";

const plugin = fakePlugin();

function problemOf(text: string): DataplaneError {
    try {
        parseReference(text);
    } catch (error) {
        if (error instanceof DataplaneError) return error;
        throw error;
    }
    throw new Error(`"${text}" was taken`);
}

describe("references", () => {
    it("takes an ARM resource ID apart", () => {
        const reference = parseReference(
            ` /subscriptions/${subscription}/resourceGroups/my-group/providers/Microsoft.Sql/servers/s/databases/d/ `,
        );
        expect(reference).to.deep.include({
            kind: "arm",
            id: `/subscriptions/${subscription}/resourceGroups/my-group/providers/Microsoft.Sql/servers/s/databases/d`,
            subscriptionId: subscription,
            resourceGroup: "my-group",
            type: "Microsoft.Sql/servers/databases",
            name: "d",
            names: ["s", "d"],
            children: [{ type: "databases", name: "d" }],
        });
    });

    it("takes an https URL", () => {
        const reference = parseReference("https://App.vault.azure.net");
        expect(reference.kind === "url" && reference.url.hostname).to.equal("app.vault.azure.net");
    });

    const base = `/subscriptions/${subscription}`;
    const malformed: readonly (readonly [text: string, says: string])[] = [
        ["", "empty"],
        ["   ", "empty"],
        ["prod-app", "begins neither"],
        ["/subscriptions", "ends after /subscriptions"],
        ["/subscriptions/abc/resourceGroups/g/providers/Microsoft.Fake/boxes/b", "not a GUID"],
        [base, "names no resource"],
        [`${base}/resourceGroups`, "no name follows /resourceGroups"],
        [`${base}/resourceGroups/g`, "names no resource"],
        [`${base}/resourceGroups/g./providers/Microsoft.Fake/boxes/b`, "name of a resource group"],
        [`${base}/resourceGroups/g/boxes/b`, 'where "providers" must'],
        [`${base}/resourceGroups/g/providers/boxes/b`, "no resource provider"],
        [`${base}/resourceGroups/g/providers/Microsoft.Fake`, "no type and name"],
        [`${base}/resourceGroups/g/providers/Microsoft.Fake/boxes`, 'no name follows the type "boxes"'],
        [`${base}/resourceGroups/g//providers/Microsoft.Fake/boxes/b`, "empty part"],
        [`${base}/resourceGroups/g/providers/Microsoft.Fake/boxes/b?x=1`, "name of a resource"],
        [`${base}/resourceGroups/g/providers/Microsoft.Fake/boxes/..`, "name of a resource"],
        [`${base}/resourceGroups/g/providers/Microsoft.Fake/bo?xes/b`, "type of resource"],
        [`${boxId()}/providers/Microsoft.Authorization/locks/l`, "attached to a resource"],
        ["http://app.vault.azure.net", "https://"],
        ["https://", "not a URL"],
        ["https://user:word@app.vault.azure.net", "user name or password"],
        ["https://app.blob.core.windows.net/?sv=1&sig=abcdef", "query or fragment"],
    ];
    for (const [text, says] of malformed) {
        it(`refuses "${text}"`, () => {
            const error = problemOf(text);
            expect(error.code).to.equal("InvalidArgument");
            expect(error.message).to.contain(says);
            expect(error.detail.remedy).to.contain("/subscriptions/");
        });
    }

    it("never echoes the signature of a URL", () => {
        const error = problemOf("https://app.blob.core.windows.net/?sv=1&sig=abcdef");
        expect(`${error.message} ${error.detail.remedy ?? ""}`).not.to.contain("abcdef");
    });

    it("never fails otherwise than by InvalidArgument", () => {
        fc.assert(
            fc.property(
                fc.oneof(
                    fc.string(),
                    fc.string().map((s) => `https://${s}`),
                    fc.string().map((s) => `${boxId()}${s}`),
                ),
                (text) => {
                    try {
                        parseReference(text);
                    } catch (error) {
                        expect(error)
                            .to.be.instanceOf(DataplaneError)
                            .with.property("code", "InvalidArgument");
                    }
                },
            ),
        );
    });

    it("says what is wrong with a reference of another type", () => {
        const other = parseReference(
            boxId().replace("Microsoft.Fake/boxes", "Microsoft.Storage/storageAccounts"),
        );
        expect(referenceProblem(plugin, other)).to.equal(
            "is a Microsoft.Storage/storageAccounts, this needs Microsoft.Fake/boxes",
        );
        expect(referenceMatches(plugin, other)).to.equal(false);
        expect(mismatch(plugin, other, "source").detail.argument).to.equal("source");
        expect(referenceProblem(plugin, parseReference("https://example.com"))).to.contain(
            "not a URL of Fake Box",
        );
        expect(referenceProblem(plugin, parseReference(boxId().toUpperCase()))).to.equal(undefined);
    });
});

describe("identity", () => {
    const mixedCase = (text: string) =>
        fc
            .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
            .map((up) => Array.from(text, (c, i) => (up[i] ? c.toUpperCase() : c.toLowerCase())).join(""));

    it("is one for every spelling of one resource", () => {
        const expected = identity("https://app.vault.azure.net", plugin);
        fc.assert(
            fc.property(
                fc.oneof(
                    mixedCase(boxId()),
                    mixedCase(boxId("app", "other-group")),
                    mixedCase("https://app.vault.azure.net"),
                ),
                fc.constantFrom("", "/"),
                (text, slash) => {
                    expect(identity(text + slash, plugin)).to.equal(expected);
                },
            ),
        );
    });

    it("tells names, clouds and types apart", () => {
        const two = fakePlugin(undefined, {
            resourceTypes: ["Microsoft.Fake/boxes", "Microsoft.Fake/crates"],
            fromUrl: (url) => ({
                name: url.hostname.split(".")[0] ?? "",
                endpoints: {},
                type: "Microsoft.Fake/crates",
            }),
        });
        const all = [
            identity(boxId("a"), plugin),
            identity(boxId("b"), plugin),
            identity(boxId("a"), plugin, "china"),
            identity("https://a.vault.usgovcloudapi.net", plugin),
            identity("https://a.vault.azure.net", two),
        ];
        expect(new Set(all).size).to.equal(all.length);
    });

    it("takes the cloud from the URL, and the given one where the host does not tell", () => {
        expect(identity("https://a.vault.azure.cn", plugin)).to.equal(identity(boxId("a"), plugin, "china"));
        expect(identity("https://a.vault.internal.example", plugin, "china")).to.equal(
            identity(boxId("a"), plugin, "china"),
        );
    });

    it("looks at the group where names are unique in it only", () => {
        const machines = fakePlugin(undefined, { uniqueNames: false });
        expect(identity(boxId("a", "g1"), machines)).not.to.equal(identity(boxId("a", "g2"), machines));
        expect(identity(boxId("A", "G1"), machines)).to.equal(identity(boxId("a", "g1"), machines));
    });
});
