import { XmlScanner } from "../xml-scanner.js";

/** A message as the service gave it out. */
export interface ReceivedMessage {
    readonly id: string;
    /** By which it can be changed while it is hidden. */
    readonly receipt: string;
    /** As its sender wrote it; Base64 stays Base64. */
    readonly text: string;
    /** When the service drops it. */
    readonly expires: Date;
}

const root = "QueueMessagesList";

/**
 * Reads the answer to Get Messages. https://learn.microsoft.com/rest/api/storageservices/get-messages#response-body
 *
 * @throws Error where the answer is no such list or breaks off.
 */
export function parseMessages(xml: string): ReceivedMessage[] {
    const scanner = new XmlScanner(xml);
    const messages: ReceivedMessage[] = [];
    if (scanner.open("") !== root) throw new Error("the answer to Get Messages is no list of messages");
    scanner.children(root, (element) => {
        const members = new Map<string, string>();
        scanner.children(element, (member) => {
            members.set(member, scanner.text(member));
        });
        messages.push({
            id: members.get("MessageId") ?? "",
            receipt: members.get("PopReceipt") ?? "",
            text: members.get("MessageText") ?? "",
            expires: new Date(members.get("ExpirationTime") ?? ""),
        });
    });
    scanner.end();
    return messages;
}

/** The characters that XML has: https://www.w3.org/TR/xml/#NT-Char */
const characters = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/**
 * Whether a message can be sent: the service takes no document with other characters, however they are written, and
 * answers 400 InvalidXmlDocument. https://learn.microsoft.com/rest/api/storageservices/put-message#request-body
 */
export function isSendable(text: string): boolean {
    return characters.test(text);
}

/** The body of Put Message. A carriage return by its number, as XML takes a plain one for a line's end. */
export function messageDocument(text: string): string {
    const escaped = text.replaceAll(/[&<>\r]/g, (character) => `&#${String(character.charCodeAt(0))};`);
    return `<?xml version="1.0" encoding="utf-8"?><QueueMessage><MessageText>${escaped}</MessageText></QueueMessage>`;
}
