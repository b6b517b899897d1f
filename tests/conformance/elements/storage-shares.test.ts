import { conformance } from "../suite.js";

conformance("storage/shares");
