import { expect } from "chai";
import fc from "fast-check";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { queueOptions } from "../../../providers/storage/options.js";
import { formatMark, parseMark } from "../../../providers/storage/queues/copy-mark.js";
import { messageReads } from "../../../providers/storage/queues/message-reads.js";
import {
    isSendable,
    messageDocument,
    parseMessages,
} from "../../../providers/storage/queues/message-text.js";
import { queues } from "../../../providers/storage/queues/queues.js";
import { XmlScanner } from "../../../providers/storage/xml-scanner.js";
import { FakeService, request } from "../../unit/core/support/fake-http.js";

const acknowledged = { messages: "copy", acknowledge: ["messages"] };
const host = "https://prod.queue.core.windows.net";
const receive = "/orders/messages?numofmessages=32&visibilitytimeout=300";
const giveBack = "/orders/messages/0f8f-1?popreceipt=a%2Bb%3D&visibilitytimeout=0";

async function leaves(method: "GET" | "PUT" | "POST" | "DELETE" | "HEAD", url: string, options = {}) {
    const baseClient = new FakeService({ status: 200 });
    const { client } = createHttpClient({ side: "source", element: queues, options, baseClient });
    await client.sendRequest(request(method, url)).catch(() => undefined);
    return baseClient.sent.length > 0;
}

describe("the guard of a source with queues", () => {
    it("refuses to receive messages, a GET as that is, where it was not acknowledged", async () => {
        for (const options of [{}, { messages: "copy" }, { acknowledge: ["messages"] }]) {
            expect(await leaves("GET", host + receive, options)).to.equal(false);
            expect(await leaves("PUT", host + giveBack, options)).to.equal(false);
        }
        expect(await leaves("GET", `${host}/orders/messages?peekonly=true&numofmessages=32`)).to.equal(true);
        expect(await leaves("GET", `${host}/orders?comp=metadata`)).to.equal(true);
    });

    it("lets exactly two requests through where it was", async () => {
        expect(await leaves("GET", host + receive, acknowledged)).to.equal(true);
        expect(await leaves("PUT", host + giveBack, acknowledged)).to.equal(true);
        const refused: [Parameters<typeof leaves>[0], string][] = [
            ["GET", `https://prod.blob.core.windows.net${receive}`],
            ["GET", `http://prod.queue.core.windows.net${receive}`],
            ["GET", `${host}/orders/messages`],
            ["GET", `${host}${receive}&peekonly=false`],
            ["GET", `${host}/orders/messages?numofmessages=33&visibilitytimeout=300`],
            ["GET", `${host}/orders/messages?numofmessages=32&visibilitytimeout=604801`],
            ["GET", `${host}/orders/%6Dessages?numofmessages=32&visibilitytimeout=300`],
            ["GET", `${host}/x/orders/messages?numofmessages=32&visibilitytimeout=300`],
            ["HEAD", host + receive],
            ["POST", host + receive],
            ["DELETE", `${host}/orders/messages`],
            ["DELETE", `${host}/orders/messages/0f8f-1?popreceipt=a`],
            ["PUT", `${host}/orders/messages/0f8f-1?popreceipt=a&visibilitytimeout=1`],
            ["PUT", `${host}/orders/messages/0f8f-1?visibilitytimeout=0`],
            ["PUT", `${host}/orders?comp=metadata`],
        ];
        for (const [method, url] of refused) {
            expect(await leaves(method, url, acknowledged), `${method} ${url}`).to.equal(false);
        }
        const withText = request("PUT", host + giveBack, { body: "<QueueMessage/>" });
        expect(
            messageReads.allows({ method: "PUT", url: new URL(withText.url), hasBody: true }, acknowledged),
        ).to.equal(false);
    });

    it("takes no spelling of a queue's messages for anything else", () => {
        const spelt = fc
            .tuple(
                fc.constantFrom("/", "//"),
                fc.constantFrom("messages", "Messages", "%6dessages", "mess%61ges"),
            )
            .chain(([slash, word]) =>
                fc.constantFrom("", "/", "/id").map((end) => `/orders${slash}${word}${end}`),
            );
        fc.assert(
            fc.property(
                spelt,
                fc.constantFrom("", "?peekonly=True", "?peekonly=true&peekonly=false"),
                (path, query) => {
                    expect(messageReads.includes("GET", new URL(host + path + query))).to.equal(true);
                },
            ),
        );
        expect(messageReads.includes("GET", new URL(`${host}/messages?comp=metadata`))).to.equal(false);
    });
});

describe("the name of a queue", () => {
    it("is refused with the rule where the service would not take it", () => {
        const good = fc.stringMatching(/^[a-z0-9]{1,20}(-[a-z0-9]{1,20}){1,2}$/);
        fc.assert(
            fc.property(good, (name) => {
                expect(queues.invalidName(name)).to.equal(undefined);
                for (const bad of [`-${name}`, `${name}-`, name.replace("-", "--"), `${name}_`, `A${name}`])
                    expect(queues.invalidName(bad), bad).to.match(/3 to 63 characters/);
            }),
        );
        for (const bad of ["", "ab", "a".repeat(64)]) expect(queues.invalidName(bad)).to.be.a("string");
    });
});

describe("messages and marks", () => {
    it("say in the options what is wrong with them", () => {
        const problem = queueOptions.safeParse({ messages: "copy" }).error?.issues[0];
        expect(problem?.path).to.deep.equal(["acknowledge"]);
        expect(problem?.message).to.include('acknowledge: ["messages"]');
        expect(queueOptions.safeParse(acknowledged).success).to.equal(true);
        expect(messageReads.notice(acknowledged)).to.match(/hidden.*dequeue.*order/s);
        expect(messageReads.notice({})).to.equal(undefined);
    });

    it("are sent as they were received", () => {
        const valid = fc.string({
            unit: fc.constantFrom(
                "a",
                "<",
                "&",
                ";",
                ">",
                "\r",
                "\n",
                "\t",
                " ",
                "ü",
                "漢",
                "\u{1f511}",
                "]",
                "#x",
            ),
        });
        fc.assert(
            fc.property(valid, (text) => {
                const scanner = new XmlScanner(messageDocument(text));
                scanner.open("");
                scanner.children("QueueMessage", (name) => {
                    expect(scanner.text(name)).to.equal(text);
                });
            }),
        );
        for (const bad of ["\u0000", "a\u0001", "\uFFFE", "\uD800"]) expect(isSendable(bad)).to.equal(false);
        for (const good of ["", "\t\r\n", "\u{1f511}", "\u0085"]) expect(isSendable(good)).to.equal(true);
    });

    it("are read from the service's list, and not from half of one", () => {
        const message =
            "<QueueMessage><MessageId>1</MessageId><PopReceipt>a+b=</PopReceipt><DequeueCount>1</DequeueCount>" +
            "<ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><MessageText> a&amp;b&#xD;\n</MessageText></QueueMessage>";
        const list = `<?xml version="1.0"?><QueueMessagesList>${message}${message}</QueueMessagesList>`;
        const [first, ...more] = parseMessages(list);
        expect(more).to.have.length(1);
        expect(first).to.include({ id: "1", receipt: "a+b=", text: " a&b\r\n" });
        expect(first?.expires.getUTCFullYear()).to.equal(9999);
        expect(parseMessages("<QueueMessagesList />")).to.deep.equal([]);
        for (const end of [10, 60, list.length - 1])
            expect(() => parseMessages(list.slice(0, end)), String(end)).to.throw();
    });

    it("are marked so that a later run reads the same", () => {
        const origin = fc.constantFrom("a.queue.core.windows.net/orders", "b.z1.queue.storage.azure.net/x-1");
        const count = fc.nat();
        const mark = fc.oneof(
            fc.record({
                state: fc.constant("begun" as const),
                origin,
                hiddenUntil: fc.date({ min: new Date(0), max: new Date("9000-01-01"), noInvalidDate: true }),
            }),
            fc.record({
                state: fc.constant("done" as const),
                origin,
                sent: count,
                hidden: count,
                unsendable: count,
                left: count,
            }),
        );
        fc.assert(
            fc.property(mark, (made) => {
                expect(parseMark(formatMark(made))).to.deep.equal(made);
            }),
        );
        for (const other of [undefined, "", "done", "begun from x until never", "done from x sent -1"])
            expect(parseMark(other)).to.equal(undefined);
    });
});
