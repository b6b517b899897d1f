/** The characters that XML names, beside those by number: https://www.w3.org/TR/xml/#sec-predefined-ent */
const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads the plain XML of which services make their listings: elements, attributes and texts. It knows neither comments
 * nor documents' types nor any other means, and takes them for errors: a parser of all of XML takes several times
 * as long, and listings have hundreds of thousands of entries.
 */
export class XmlScanner {
    #at = 0;
    /** Attributes of the element that was opened last, as they stand there. */
    attributes = "";
    #isEmpty = false;

    constructor(private readonly xml: string) {
        if (xml.startsWith("\uFEFF")) this.#at = 1;
        if (xml.startsWith("<?xml", this.#at)) this.#at = this.#find("?>", this.#at) + 2;
    }

    /**
     * Goes into the next element and answers with its name; undefined where the element around it ends instead, which
     * is left then. Only white space may come before.
     */
    open(parent: string): string | undefined {
        const { xml } = this;
        this.#skipSpace();
        if (xml.charCodeAt(this.#at) !== lessThan) throw broken();
        if (xml.charCodeAt(this.#at + 1) === slash) {
            this.#close(parent);
            return undefined;
        }
        const end = this.#tagEnd();
        this.#isEmpty = xml.charCodeAt(end - 1) === slash;
        const inside = xml.slice(this.#at + 1, this.#isEmpty ? end - 1 : end);
        this.#at = end + 1;
        const space = inside.search(/\s/);
        this.attributes = space < 0 ? "" : inside.slice(space);
        const name = space < 0 ? inside : inside.slice(0, space);
        if (name === "" || name.startsWith("!") || name.startsWith("?")) throw broken();
        return name;
    }

    /** The text of the element that was opened last, which has no others in it. Leaves it. */
    text(name: string): string {
        if (this.#isEmpty) return "";
        const end = this.#find("<", this.#at);
        const raw = this.xml.slice(this.#at, end);
        this.#at = end;
        this.#close(name);
        return decoded(raw);
    }

    /** Calls `visit` for each element in the one that was opened last, which must leave what it is called for. */
    children(name: string, visit: (child: string) => void): void {
        if (this.#isEmpty) return;
        for (let child = this.open(name); child !== undefined; child = this.open(name)) visit(child);
    }

    /** Leaves the element that was opened last with all that is in it. */
    skip(name: string): void {
        if (this.#isEmpty) return;
        for (;;) {
            this.#at = this.#find("<", this.#at);
            const child = this.open(name);
            if (child === undefined) return;
            this.skip(child);
        }
    }

    /** @throws Error where something comes after the document. */
    end(): void {
        this.#skipSpace();
        if (this.#at < this.xml.length) throw broken();
    }

    #close(name: string): void {
        const end = this.#at + 2 + name.length;
        if (!this.xml.startsWith(`</${name}`, this.#at) || this.xml.charCodeAt(end) !== greaterThan)
            throw broken();
        this.#at = end + 1;
    }

    /** Where the tag here ends: at the first ">" that is in no attribute's value. */
    #tagEnd(): number {
        const { xml } = this;
        let end = this.#find(">", this.#at);
        let at = this.#at;
        for (;;) {
            while (at < end && xml.charCodeAt(at) !== doubleQuote && xml.charCodeAt(at) !== singleQuote)
                at += 1;
            if (at >= end) return end;
            at = this.#find(xml.charAt(at), at + 1) + 1;
            if (at > end) end = this.#find(">", at);
        }
    }

    #skipSpace(): void {
        while (this.xml.charCodeAt(this.#at) <= space) this.#at += 1;
    }

    #find(text: string, from: number): number {
        const at = this.xml.indexOf(text, from);
        if (at < 0) throw broken();
        return at;
    }
}

const [lessThan, greaterThan, slash, space] = [0x3c, 0x3e, 0x2f, 0x20];
const [doubleQuote, singleQuote] = [0x22, 0x27];

function broken(): Error {
    return new Error("the answer is no listing, or only a part of one");
}

function decoded(raw: string): string {
    // https://www.w3.org/TR/xml/#sec-line-ends
    const text = raw.includes("\r") ? raw.replaceAll(/\r\n?/g, "\n") : raw;
    if (!text.includes("&")) return text;
    return text.replaceAll(/&(#x[\da-f]+|#\d+|\w*);?/gi, (reference, name: string) => {
        if (!reference.endsWith(";")) throw broken();
        if (!name.startsWith("#")) {
            const character = named[name];
            if (character === undefined) throw broken();
            return character;
        }
        const isHexadecimal = name.charAt(1).toLowerCase() === "x";
        return String.fromCodePoint(
            isHexadecimal ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10),
        );
    });
}
