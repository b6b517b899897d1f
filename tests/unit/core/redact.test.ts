import { expect } from "chai";
import fc from "fast-check";
import { redact, redacted, registerSecret, withoutQuery } from "../../../providers/core/redact.js";

/** Secrets have characters of their own, so that finding one in the result is no chance. */
const word = (alphabet: string, minLength: number, maxLength = minLength) =>
    fc.string({ unit: fc.constantFrom(...alphabet.split(/(?:)/)), minLength, maxLength });
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const secret = word(letters, 12, 60);
const base64 = (length: number, end: string) => word(`${letters}+/`, length).map((text) => text + end);

/** Forms in which secrets stand in texts. */
const forms: Readonly<Record<string, (value: string) => string>> = {
    "a shared access signature": (v) =>
        `https://a.blob.core.windows.net/c/b?sv=2024-01-01&se=2027&sig=${v}&sp=r`,
    "a signature first in the query": (v) => `GET /c/b?sig=${v} HTTP/1.1`,
    "an escaped signature": (v) => `source=https%3A%2F%2Fa.blob%2Fc%3Fsig%3D${v}`,
    "a signature alone": (v) => `the signature sig=${v} does not match`,
    "a bearer token": (v) => `authorization: Bearer ${v}`,
    "a shared key": (v) => `Authorization: SharedKey account:${v}`,
    "basic authentication": (v) => `Authorization: Basic ${v}`,
    "a connection string": (v) =>
        `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${v};EndpointSuffix=x`,
    "a bus's connection string": (v) => `Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=${v}`,
    "a signature in a connection string": (v) => `SharedAccessSignature=sv=1&sig=${v};BlobEndpoint=x`,
    "a password": (v) => `Server=x;User ID=u;Password=${v};Encrypt=true`,
    "a form": (v) => `grant_type=client_credentials&client_secret=${v}&scope=x`,
    "a JSON member": (v) => `{"client_secret": "${v}", "x": 1}`,
    "a JSON member in a text in JSON": (v) => JSON.stringify({ text: JSON.stringify({ accessToken: v }) }),
};

describe("redact", () => {
    for (const [name, form] of Object.entries(forms)) {
        it(`takes out ${name}`, () => {
            fc.assert(
                fc.property(secret, fc.lorem(), fc.lorem(), (value, before, after) => {
                    const text = redact(`${before} ${form(value)} ${after}`);
                    expect(text).not.to.contain(value);
                    expect(text).to.contain(redacted);
                    expect(text.startsWith(before)).to.equal(true);
                    expect(text.endsWith(after)).to.equal(true);
                }),
            );
        });
    }

    it("takes out account keys, client secrets and tokens wherever they stand", () => {
        const bare = fc.oneof(
            base64(86, "=="),
            base64(43, "="),
            fc.tuple(word(letters, 3), word(letters, 31, 34)).map(([a, b]) => `${a}8Q~${b}`),
            fc
                .tuple(word(letters, 20), word(letters, 30), word(letters, 43))
                .map(([a, b, c]) => `eyJ${a}.${b}.${c}`),
        );
        fc.assert(
            fc.property(bare, (value) => {
                expect(redact(`the value ${value} is wrong`)).to.equal(`the value ${redacted} is wrong`);
            }),
        );
    });

    it("takes out values that were registered, also escaped", () => {
        fc.assert(
            fc.property(fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 }), (value) => {
                const unlikely = `§${value}§`;
                registerSecret(unlikely);
                expect(redact(`a ${unlikely} b ${encodeURIComponent(unlikely)}`)).not.to.contain(unlikely);
                expect(redact(encodeURIComponent(unlikely))).not.to.contain(encodeURIComponent(unlikely));
            }),
            { numRuns: 30 },
        );
    });

    it("changes nothing more the second time, and nothing that holds no secret", () => {
        fc.assert(
            fc.property(secret, fc.constantFrom(...Object.values(forms)), (value, form) => {
                const once = redact(form(value));
                expect(redact(once)).to.equal(once);
            }),
        );
        const harmless = [
            'access denied: "db-password" in https://app.vault.azure.net/ (source): 403 ForbiddenByRbac',
            "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
            "https://a.blob.core.windows.net/c?restype=container&comp=list",
            "design=1 and please=2",
        ];
        for (const text of harmless) expect(redact(text)).to.equal(text);
    });

    it("drops queries and fragments of URLs", () => {
        expect(withoutQuery("https://a/b?sig=x")).to.equal("https://a/b");
        expect(withoutQuery("https://a/b#c")).to.equal("https://a/b");
        expect(withoutQuery("/subscriptions/x")).to.equal("/subscriptions/x");
    });
});
