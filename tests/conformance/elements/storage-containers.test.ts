import { conformance } from "../suite.js";

conformance("storage/containers");
