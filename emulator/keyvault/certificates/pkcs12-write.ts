import type { BagType } from "pkijs";
import { loadPkijs } from "./libraries.js";
import type { CertificateFile } from "./pkcs12-read.js";

/** Rounds of the MAC, as Windows has them. */
const ITERATIONS = 2000;

/**
 * Writes a PFX without a password, as the service has it in the secret of a certificate: nothing is encrypted, and the
 * MAC is that of the empty password. Key and certificates are in the order of `file`.
 * Source: https://learn.microsoft.com/azure/key-vault/certificates/how-to-export-certificate
 */
export async function writePkcs12(file: CertificateFile): Promise<Buffer> {
    const { PFX, AuthenticatedSafe, SafeContents, SafeBag, CertBag, PrivateKeyInfo, Certificate } =
        await loadPkijs();
    const contents = (bags: { bagId: string; bagValue: BagType }[]): object => ({
        privacyMode: 0,
        value: new SafeContents({ safeBags: bags.map((bag) => new SafeBag(bag)) }),
    });
    const parts = [
        contents(
            file.keys.map((key) => ({
                bagId: "1.2.840.113549.1.12.10.1.1",
                bagValue: PrivateKeyInfo.fromBER(new Uint8Array(key)),
            })),
        ),
        contents(
            file.certificates.map((certificate) => ({
                bagId: "1.2.840.113549.1.12.10.1.3",
                bagValue: new CertBag({ parsedValue: Certificate.fromBER(new Uint8Array(certificate)) }),
            })),
        ),
    ];
    const authenticatedSafe = new AuthenticatedSafe({ parsedValue: { safeContents: parts } });
    await authenticatedSafe.makeInternalValues({ safeContents: parts.map(() => ({})) });
    const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
    await pfx.makeInternalValues({
        password: new ArrayBuffer(0),
        iterations: ITERATIONS,
        pbkdf2HashAlgorithm: "SHA-256",
        hmacHashAlgorithm: "SHA-256",
    });
    return Buffer.from(pfx.toSchema().toBER());
}
