import { conformance } from "../suite.js";

conformance("keyvault/contacts");
