import * as pulumi from "@pulumi/pulumi";
import { declareReplicas } from "./declare.js";

// The stack program of the root `Pulumi.yaml`. It exports nothing: Pulumi takes exports for stack outputs.
declareReplicas(new pulumi.Config("azure-dataplane").getObject("replicas"));
