import type { AlgorithmIdentifier, EncryptedContentInfo } from "pkijs";
import { loadPkijs } from "./libraries.js";
import { decryptTripleDes } from "./pkcs12-keys.js";

const TRIPLE_DES = "1.2.840.113549.1.12.1.3";

/** The password of a PFX, in the two ways in which the format's ciphers take it. */
export interface Passphrase {
    readonly text: string;
    /** That of `passwordForms` which fits the file. */
    readonly form: Buffer;
}

/** The parameters of PKCS#12's own ciphers, as the ASN.1 library reads `SEQUENCE { OCTET STRING, INTEGER }`. */
interface CipherParameters {
    valueBlock: {
        value: [{ valueBlock: { valueHexView: Uint8Array } }, { valueBlock: { valueDec: number } }];
    };
}

/**
 * Decrypts a part of a PFX: AES under PBES2, as OpenSSL 3 and current Windows write, or triple DES, as both did before
 * and the service does. Throws for other ciphers, RC2 of old OpenSSL among them, and where the password is wrong.
 */
export async function decrypt(info: EncryptedContentInfo, passphrase: Passphrase): Promise<Uint8Array> {
    const algorithm: AlgorithmIdentifier = info.contentEncryptionAlgorithm;
    if (algorithm.algorithmId === TRIPLE_DES) {
        const [salt, iterations] = (algorithm.algorithmParams as CipherParameters).valueBlock.value;
        return decryptTripleDes(new Uint8Array(info.getEncryptedContent()), passphrase.form, {
            salt: salt.valueBlock.valueHexView,
            iterations: iterations.valueBlock.valueDec,
        });
    }
    const { getCrypto } = await loadPkijs();
    const password = new Uint8Array(Buffer.from(passphrase.text, "utf8")).buffer;
    const plain = await getCrypto(true).decryptEncryptedContentInfo({ password, encryptedContentInfo: info });
    return new Uint8Array(plain);
}
