import type { CertBag, ContentInfo, PFX, PKCS8ShroudedKeyBag, PrivateKeyInfo, SafeBag } from "pkijs";
import { loadPkijs } from "./libraries.js";
import { decrypt, type Passphrase } from "./pkcs12-decryption.js";
import { isMacOf, passwordForms } from "./pkcs12-keys.js";

/** What a certificate file has in it, in the order of the file. */
export interface CertificateFile {
    /** Private keys, PKCS#8 in DER. */
    readonly keys: Buffer[];
    /** X.509 certificates, DER. */
    readonly certificates: Buffer[];
}

/** Kinds of bags. Source: https://www.rfc-editor.org/rfc/rfc7292#section-4.2 */
const KEY_BAG = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
const NESTED_BAG = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";

/** Kinds of contents. Source: https://www.rfc-editor.org/rfc/rfc7292#section-4.1 */
const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

/** Node's names of the hashes that a PFX's MAC may be made with. */
const hashes: Readonly<Record<string, string>> = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
};

/** An octet string of the ASN.1 library. */
interface Octets {
    getValue(): ArrayBuffer;
}

/** Reads a PFX. Throws where it is none or the password is wrong: the format can't always tell one from the other. */
export async function readPkcs12(content: Buffer, password: string): Promise<CertificateFile> {
    const { PFX, AuthenticatedSafe, SafeContents } = await loadPkijs();
    const pfx = PFX.fromBER(bytes(content));
    const safe = (pfx.authSafe.content as Octets).getValue();
    const passphrase = { text: password, form: formThatFits(pfx, safe, password) };
    const file: CertificateFile = { keys: [], certificates: [] };
    for (const info of AuthenticatedSafe.fromBER(safe).safeContents) {
        const plain = await open(info, passphrase);
        await collect(SafeContents.fromBER(plain).safeBags, passphrase, file);
    }
    return file;
}

/** The form of the password that the MAC was made with; without a MAC, the first. Throws where none fits. */
function formThatFits(pfx: PFX, safe: ArrayBuffer, password: string): Buffer {
    const forms = passwordForms(password);
    const { macData } = pfx;
    const form =
        macData === undefined
            ? forms[0]
            : forms.find((candidate) =>
                  isMacOf(
                      new Uint8Array(macData.mac.digest.getValue()),
                      new Uint8Array(safe),
                      hashes[macData.mac.digestAlgorithm.algorithmId] ?? "",
                      candidate,
                      {
                          salt: new Uint8Array(macData.macSalt.getValue()),
                          iterations: macData.iterations ?? 1,
                      },
                  ),
              );
    if (form === undefined) throw new Error("The PFX has another password.");
    return form;
}

async function open(info: ContentInfo, passphrase: Passphrase): Promise<Uint8Array<ArrayBuffer>> {
    if (info.contentType === DATA) return new Uint8Array((info.content as Octets).getValue());
    if (info.contentType !== ENCRYPTED_DATA) throw new Error(`The PFX has contents of ${info.contentType}.`);
    const { EncryptedData } = await loadPkijs();
    const encrypted = new EncryptedData({ schema: info.content as object });
    return bytes(await decrypt(encrypted.encryptedContentInfo, passphrase));
}

async function collect(
    bags: readonly SafeBag[],
    passphrase: Passphrase,
    file: CertificateFile,
): Promise<void> {
    for (const { bagId, bagValue } of bags) {
        if (bagId === KEY_BAG) {
            file.keys.push(Buffer.from((bagValue as PrivateKeyInfo).toSchema().toBER()));
        } else if (bagId === SHROUDED_KEY_BAG) {
            file.keys.push(await unshroud(bagValue as PKCS8ShroudedKeyBag, passphrase));
        } else if (bagId === CERTIFICATE_BAG && (bagValue as CertBag).certId === X509_CERTIFICATE) {
            file.certificates.push(Buffer.from(((bagValue as CertBag).certValue as Octets).getValue()));
        } else if (bagId === NESTED_BAG) {
            await collect((bagValue as unknown as { safeBags: SafeBag[] }).safeBags, passphrase, file);
        }
    }
}

async function unshroud(bag: PKCS8ShroudedKeyBag, passphrase: Passphrase): Promise<Buffer> {
    const { EncryptedContentInfo } = await loadPkijs();
    const info = new EncryptedContentInfo({
        contentType: DATA,
        contentEncryptionAlgorithm: bag.encryptionAlgorithm,
        encryptedContent: bag.encryptedData,
        disableSplit: true,
    });
    return Buffer.from(await decrypt(info, passphrase));
}

/** A view that owns its memory, as the library asks for. */
function bytes(content: Uint8Array): Uint8Array<ArrayBuffer> {
    return new Uint8Array(content);
}
