import { expect } from "chai";
import fc from "fast-check";
import { parseDirectory } from "../../../../providers/storage/files/directory-parser.js";
import {
    compareFileNames,
    fileKey,
    invalidFileName,
    parentName,
} from "../../../../providers/storage/files/names.js";
import { parseSharePolicies } from "../../../../providers/storage/files/share-policies.js";

const part = fc.string({ unit: "binary", minLength: 1, maxLength: 6 }).filter((text) => !/[/\0]/.test(text));
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => ["box", ...parts].join("/"));

describe("names of files", () => {
    it("are ordered directory by directory, each before what is in it", () => {
        expect(["box/a b", "box/a/z", "box/A", "box/a!/b", "box"].sort(compareFileNames)).to.deep.equal([
            "box",
            "box/A",
            "box/a/z",
            "box/a b",
            "box/a!/b",
        ]);
        fc.assert(
            fc.property(path, part, path, (directory, child, other) => {
                const inside = `${directory}/${child}`;
                expect(compareFileNames(directory, inside)).to.equal(-1);
                const isBetween =
                    compareFileNames(directory, other) < 0 && compareFileNames(other, inside) < 0;
                if (isBetween) expect(fileKey(other).startsWith(`${fileKey(directory)}/`)).to.equal(true);
            }),
        );
    });

    it("are the same without case, and never by a change of length", () => {
        expect(fileKey("box/Ünter.TXT")).to.equal(fileKey("box/ünter.txt"));
        for (const [a, b] of [
            ["box/straße", "box/strasse"],
            ["box/ı", "box/i"],
            ["box/ﬁ", "box/fi"],
        ] as const) {
            expect(fileKey(a), a).to.not.equal(fileKey(b));
        }
        fc.assert(
            fc.property(path, path, (a, b) => {
                expect(compareFileNames(a, b) === 0).to.equal(fileKey(a) === fileKey(b));
                expect(fileKey(a)).to.have.length(a.length);
            }),
        );
    });

    it("are refused where a share can't have them", () => {
        for (const name of ["box/a.", "box/ü/ b", `box/${"n".repeat(255)}`]) {
            expect(invalidFileName(name), name).to.equal(undefined);
        }
        for (const name of [
            "box",
            "Box/a",
            "box/a:b",
            "box/a\\b",
            "box//a",
            "box/..",
            "box/NUL",
            `box/${"n".repeat(256)}`,
        ]) {
            expect(invalidFileName(name), name).to.be.a("string");
        }
    });

    it("have the name of their directory, if that is not the share", () => {
        expect(parentName("box/a/b/c")).to.equal("box/a/b");
        expect(parentName("box/a")).to.equal(undefined);
    });
});

describe("answers of Azure Files", () => {
    it("are read as listings, or refused where they are parts of one", () => {
        const xml =
            '<?xml version="1.0"?><EnumerationResults ServiceEndpoint="x"><Entries><Directory><Name Encoded="true">a%01</Name>' +
            "<Properties><CreationTime>1</CreationTime></Properties><Attributes>Directory</Attributes></Directory>" +
            "<File><Name>b&amp;c</Name><Properties><Content-Length>7</Content-Length><Etag>&quot;e&quot;</Etag></Properties>" +
            "<PermissionKey>k</PermissionKey></File></Entries><NextMarker>n</NextMarker></EnumerationResults>";
        const { entries, next } = parseDirectory(xml);
        expect(next).to.equal("n");
        expect(entries[0]).to.include({ type: "directory", name: "a\u0001", creationTime: "1" });
        expect(entries[1]).to.include({
            type: "file",
            name: "b&c",
            bytes: 7,
            etag: '"e"',
            permissionKey: "k",
        });
        for (const length of [40, 200, xml.length - 1]) {
            expect(() => parseDirectory(xml.slice(0, length)), String(length)).to.throw();
        }
    });

    it("are read as stored access policies, also where there are none", () => {
        expect(parseSharePolicies('<?xml version="1.0"?><SignedIdentifiers />')).to.deep.equal([]);
        const policy =
            "<SignedIdentifier><Id>a</Id><AccessPolicy><Start>2026-01-01T00:00:00.0000000Z</Start>" +
            "<Permission>rl</Permission></AccessPolicy></SignedIdentifier>";
        expect(parseSharePolicies(`<SignedIdentifiers>${policy}</SignedIdentifiers>`)).to.deep.equal([
            { id: "a", start: "2026-01-01T00:00:00.000Z", permissions: "rl" },
        ]);
    });
});
