/** Reflected, as the service's CRC64 has it. Source: https://github.com/Azure/azure-sdk-for-go/blob/main/sdk/storage/azblob/internal/shared/shared.go */
const POLYNOMIAL = 0x9a6c_9329_ac4b_c9b5n;
const [low, high] = tables();

/** The checksum of the bytes, base64 of eight bytes with the lowest first, as `x-ms-content-crc64` has it. */
export function crc64(bytes: Buffer): string {
    let [below, above] = [0xffff_ffff, 0xffff_ffff];
    for (const byte of bytes) {
        const index = (below ^ byte) & 0xff;
        below = ((below >>> 8) | (above << 24)) ^ (low[index] ?? 0);
        above = (above >>> 8) ^ (high[index] ?? 0);
    }
    const result = Buffer.alloc(8);
    result.writeUInt32LE(~below >>> 0, 0);
    result.writeUInt32LE(~above >>> 0, 4);
    return result.toString("base64");
}

/** In halves of 32 bits: numbers of 64 bits are slow. */
function tables(): [Uint32Array, Uint32Array] {
    const entries = Array.from({ length: 256 }, (_, index) => {
        let value = BigInt(index);
        for (let bit = 0; bit < 8; bit += 1) value = (value >> 1n) ^ (value & 1n ? POLYNOMIAL : 0n);
        return value;
    });
    return [
        Uint32Array.from(entries, (entry) => Number(entry & 0xffff_ffffn)),
        Uint32Array.from(entries, (entry) => Number(entry >> 32n)),
    ];
}
