import { expect } from "chai";
import fc from "fast-check";
import { etagOf, versionOf } from "../../../providers/storage/tables/entity-item.js";
import { sizeOf, tooLarge } from "../../../providers/storage/tables/entity-limits.js";
import { parseEntity, parsePage } from "../../../providers/storage/tables/entity-text.js";
import {
    compareEntityNames,
    entityKey,
    invalidEntityName,
    joinName,
    splitName,
} from "../../../providers/storage/tables/names.js";
import { parseAnswer, toTransaction } from "../../../providers/storage/tables/transaction.js";

const ETAG = `W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"`;
const keys = '"PartitionKey":"p","RowKey":"r","Timestamp":"2026-01-02T03:04:05.1234567Z"';

describe("the parts of entities", () => {
    it("keep every number as the service wrote it, and tell the type of a double", () => {
        const text = `{"odata.metadata":"x","odata.etag":"e",${keys},"B":1.0,"A":-0.0,"C":1,"D@odata.type":"Edm.Int64","D":"9007199254740993","E":1E+300,"F@odata.type":"Edm.Double","F":"NaN","G":null,"H":true}`;
        const facts = parseEntity(text, ETAG);
        expect(facts.text).to.equal(
            '{"PartitionKey":"p","RowKey":"r","A@odata.type":"Edm.Double","A":-0.0,"B@odata.type":"Edm.Double","B":1.0,' +
                '"C":1,"D@odata.type":"Edm.Int64","D":"9007199254740993","E@odata.type":"Edm.Double","E":1E+300,' +
                '"F@odata.type":"Edm.Double","F":"NaN","H":true}',
        );
        expect(facts.etag).to.equal(ETAG);
        expect(facts.timestamp).to.equal("2026-01-02T03:04:05.1234567Z");
    });

    it("are no entities without keys, and no page without a list", () => {
        expect(() => parseEntity("{}", ETAG)).to.throw(SyntaxError);
        expect(() => parsePage('{"value":1}')).to.throw(SyntaxError);
        expect(() => parsePage('{"value":[{"PartitionKey":"p"')).to.throw(SyntaxError);
    });

    it("give the ETag back that a version was made of", () => {
        expect(versionOf(ETAG)).to.equal("2026-01-02T03:04:05.1234567Z");
        const etag = fc.oneof(
            fc.string({ minLength: 1 }).map((text) => `W/"${text}"`),
            fc
                .date({ noInvalidDate: true })
                .map((date) => `W/"datetime'${encodeURIComponent(date.toISOString())}'"`),
        );
        fc.assert(
            fc.property(etag, (text) => {
                expect(etagOf(versionOf(text))).to.equal(text);
            }),
        );
    });

    it("have names that nothing is lost of, in the service's order", () => {
        const key = fc
            .string({ maxLength: 20 })
            .filter((text) => invalidEntityName(`abc/${text}/`) === undefined);
        const name = fc.record({
            table: fc
                .stringMatching(/^[A-Za-z][A-Za-z0-9]{2,8}$/)
                .filter((text) => text.toLowerCase() !== "tables"),
            partitionKey: key,
            rowKey: key,
        });
        fc.assert(
            fc.property(name, name, (a, b) => {
                expect(splitName(joinName(a))).to.deep.equal(a);
                const [left, right] = [joinName(a), joinName(b)];
                expect(invalidEntityName(left)).to.equal(undefined);
                const order = compareEntityNames(left, right);
                expect(order === 0).to.equal(entityKey(left) === entityKey(right));
                if (a.table.toLowerCase() !== b.table.toLowerCase()) {
                    expect(order < 0).to.equal(a.table.toLowerCase() < b.table.toLowerCase());
                } else if (a.partitionKey !== b.partitionKey) {
                    expect(order < 0).to.equal(a.partitionKey < b.partitionKey);
                } else expect(order < 0).to.equal(a.rowKey < b.rowKey);
            }),
        );
    });

    it("can't be named what no table takes", () => {
        for (const name of ["", "abc", "abc/p", "abc/p/r/x", "ab/p/r", "1bc/p/r", "Tables/p/r", "a-bc/p/r"])
            expect(invalidEntityName(name), name).to.be.a("string");
        for (const character of ["\\", "#", "?", "\t", "\u0085"])
            expect(invalidEntityName(`abc/p${character}/r`), character).to.be.a("string");
        expect(invalidEntityName(`abc/${"p".repeat(513)}/r`)).to.include("512");
        expect(invalidEntityName("abc//")).to.equal(undefined);
    });

    it("are losses where no storage account takes them", () => {
        const withProperties = (fields: string) => parseEntity(`{${keys},${fields}}`, ETAG);
        const many = Array.from({ length: 253 }, (_, index) => `"P${String(index)}":1`).join();
        const large = Array.from(
            { length: 20 },
            (_, index) => `"P${String(index)}":"${"x".repeat(32_000)}"`,
        ).join();
        for (const [fields, reason] of [
            [many, "253 properties"],
            [large, "1 MiB"],
            [`"P":"${"x".repeat(32_769)}"`, "64 KiB"],
            [`"${"n".repeat(256)}":1`, "255 characters"],
            ['"a-b":1', "none that a table takes"],
        ] as const) {
            const loss = tooLarge("abc/p/r", withProperties(fields));
            expect(loss?.reason, reason).to.include(reason);
            expect(loss?.reason).to.not.include("xxx");
        }
        expect(tooLarge("abc/p/r", withProperties('"grün_1":1'))).to.equal(undefined);
        expect(tooLarge("abc/p#/r", withProperties('"A":1'))?.reason).to.include("PartitionKey");
        expect(
            sizeOf(withProperties('"A":1,"B":"xy","C":true,"D@odata.type":"Edm.Binary","D":"AAEC"')),
        ).to.equal(4 + 4 + (10 + 4) + (10 + 8) + (10 + 1) + (10 + 7));
    });

    it("go in transactions whose answers are read in order", () => {
        const { contentType, body } = toTransaction([
            { url: "https://a.example/t", body: "{}", ifMatch: undefined },
            { url: "https://a.example/t(x)", body: "{}", ifMatch: ETAG },
        ]);
        expect(contentType).to.match(/^multipart\/mixed; boundary=batch_/);
        expect(body).to.include("POST https://a.example/t HTTP/1.1\r\n").and.include(`If-Match: ${ETAG}\r\n`);
        const part = (status: string, rest: string) =>
            `--changesetresponse_1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 ${status}\r\n${rest}\r\n`;
        const end = "--changesetresponse_1--\r\n--batchresponse_1--";
        const done = part("204 No Content", "ETag: one") + part("204 No Content", "ETag: two") + end;
        expect(parseAnswer(done, 2)).to.deep.equal({ etags: ["one", "two"] });
        expect(parseAnswer(done, 3)).to.equal(undefined);
        expect(parseAnswer("", 1)).to.equal(undefined);
        const error =
            '{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"1:There."}}}';
        const refused = part("409 Conflict", `\r\n${error}`) + end;
        expect(parseAnswer(refused, 2)).to.deep.equal({ status: 409, code: "EntityAlreadyExists", index: 1 });
        expect(parseAnswer(part("503 Busy", "") + end, 2)).to.deep.equal({
            status: 503,
            code: "",
            index: undefined,
        });
    });
});
