import type { ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { addRange, bytesOf, removeRange, type ByteRange, type RangeSet } from "./ranges.js";
import type { FileNode } from "./state.js";

const GIBIBYTE = 1024 ** 3;

/** Writes into a file. Throws 403 where the share has no room left. */
export async function writeBytes(
    call: ShareCall,
    file: FileNode,
    offset: number,
    bytes: Buffer,
): Promise<void> {
    if (bytes.length === 0) return;
    const range = { start: offset, end: offset + bytes.length - 1 };
    checkRoom(call, file, addRange(file.written, range));
    await makeOwn(call, file);
    await call.world.content.write(file.contentId, offset, bytes);
    // Others may have written meanwhile.
    setWritten(call, file, addRange(file.written, range));
}

/** Makes bytes of a file zero, and frees what they took. */
export function clearBytes(call: ShareCall, file: FileNode, range: ByteRange): void {
    setWritten(call, file, removeRange(file.written, range));
}

/** Makes a file longer or shorter; what is cut off is gone. */
export function resize(call: ShareCall, file: FileNode, size: number): void {
    if (size < file.size) clearBytes(call, file, { start: size, end: file.size });
    file.size = size;
}

/** Lets go of a file's bytes, once the file is gone. */
export async function dispose(call: ShareCall, file: FileNode): Promise<void> {
    setWritten(call, file, []);
    if (!file.shared) await call.world.content.remove(file.contentId);
}

function checkRoom(call: ShareCall, file: FileNode, written: RangeSet): void {
    requireRoom(call, bytesOf(written) - bytesOf(file.written));
}

/** Throws 403 where the share would be over its quota with so many bytes more. */
export function requireRoom(call: ShareCall, added: number): void {
    if (added > 0 && call.share.usedBytes + added > call.share.quota * GIBIBYTE)
        throw filesError("ShareSizeLimitReached");
}

function setWritten(call: ShareCall, file: FileNode, written: RangeSet): void {
    call.share.usedBytes += bytesOf(written) - bytesOf(file.written);
    file.written = written;
}

/** A snapshot keeps the content that it shares with the file. */
async function makeOwn(call: ShareCall, file: FileNode): Promise<void> {
    if (!file.shared) return;
    const before = file.contentId;
    file.contentId = call.world.nextId();
    file.shared = false;
    await call.world.content.copy(before, file.contentId);
}
