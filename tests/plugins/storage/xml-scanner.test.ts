import { expect } from "chai";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { XmlScanner } from "../../../providers/storage/xml-scanner.js";

interface Element {
    readonly name: string;
    readonly children: readonly Element[];
    readonly text: string;
}

/** Reads a document by the scanner: elements with a text, or with others in them. */
function scanned(xml: string): Element {
    const scanner = new XmlScanner(xml);
    const read = (name: string): Element => {
        if (name.startsWith("T")) return { name, children: [], text: scanner.text(name) };
        const children: Element[] = [];
        scanner.children(name, (child) => children.push(read(child)));
        return { name, children, text: "" };
    };
    const root = scanner.open("");
    if (root === undefined) throw new Error("nothing");
    const element = read(root);
    scanner.end();
    return element;
}

/** The same by a parser of all of XML. */
function parsed(xml: string): Element {
    const stack: { name: string; children: Element[]; text: string }[] = [
        { name: "", children: [], text: "" },
    ];
    const parser = new SaxesParser();
    parser.on("opentag", ({ name }) => stack.push({ name, children: [], text: "" }));
    parser.on("text", (text) => {
        const top = stack.at(-1);
        if (top?.name.startsWith("T") === true) top.text += text;
    });
    parser.on("closetag", () => {
        const done = stack.pop();
        if (done !== undefined) stack.at(-1)?.children.push(done);
    });
    parser.on("error", (error) => {
        throw error;
    });
    parser.write(xml).close();
    const [root] = stack[0]?.children ?? [];
    if (root === undefined) throw new Error("nothing");
    return root;
}

const space = fc.constantFrom("", " ", "\n  ", "\t");
const piece = fc.constantFrom(
    "a",
    "ü",
    " ",
    "]",
    "&amp;",
    "&lt;",
    "&#65;",
    "&#x1F600;",
    "&quot;",
    "\r\n",
    "\n",
    "'",
);
const text = fc.array(piece).map((pieces) => pieces.join(""));
const attributes = fc.constantFrom("", ' a="1"', "\n b='2'  c=\"/\"", " a='>\"/>' b=\"'>\"");
const { element } = fc.letrec<{ element: string; leaf: string; branch: string }>((tie) => ({
    element: fc.oneof({ maxDepth: 3 }, tie("leaf"), tie("branch")),
    leaf: fc.oneof(
        fc.tuple(fc.constantFrom("T", "Text"), attributes, text).map(([n, a, t]) => `<${n}${a}>${t}</${n}>`),
        fc.tuple(fc.constantFrom("T1", "E"), attributes, space).map(([n, a, s]) => `<${n}${a}${s}/>`),
    ),
    branch: fc
        .tuple(fc.constantFrom("B", "Branch"), attributes, fc.array(fc.tuple(space, tie("element"))), space)
        .map(([n, a, inner, s]) => `<${n}${a}>${inner.map((each) => each.join("")).join("")}${s}</${n}>`),
}));

describe("plain XML", () => {
    it("is read as a parser of all of XML reads it", () => {
        fc.assert(
            fc.property(element, space, (xml, end) => {
                expect(scanned(`<?xml version="1.0"?>\n${xml}${end}`)).to.deep.equal(parsed(xml));
            }),
        );
    });

    it("that is cut off or damaged is an error, or what the other parser makes of it", () => {
        const damage = fc.constantFrom("", "<", ">", "&", "/", "x", "<!-- -->", "<![CDATA[x]]>", "&nbsp;");
        fc.assert(
            fc.property(element, fc.nat(), fc.nat(3), damage, (xml, at, removed, added) => {
                const from = at % (xml.length + 1);
                const broken = xml.slice(0, from) + added + xml.slice(from + removed);
                let read: Element;
                try {
                    read = scanned(broken);
                } catch {
                    return;
                }
                let expected: Element;
                try {
                    expected = parsed(broken);
                } catch {
                    // Attributes are not looked at, and a ">" in a text is the same as an escaped one.
                    return;
                }
                expect(read).to.deep.equal(expected);
            }),
        );
    });

    it("may have parts that nobody wants", () => {
        const scanner = new XmlScanner("<A><B>t<C/>u<B>v</B></B><D>w</D></A>");
        const seen: string[] = [];
        expect(scanner.open("")).to.equal("A");
        scanner.children("A", (name) => {
            if (name === "D") seen.push(scanner.text(name));
            else scanner.skip(name);
        });
        scanner.end();
        expect(seen).to.deep.equal(["w"]);
    });
});
