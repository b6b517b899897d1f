export { Keys, type KeysArgs } from "./resources/keys.js";

export {
    Certificates,
    Contacts,
    Issuers,
    type CertificatesArgs,
    type ContactsArgs,
    type IssuersArgs,
} from "./resources/certificates.js";

export { Secrets, type SecretsArgs } from "./resources/secrets.js";
