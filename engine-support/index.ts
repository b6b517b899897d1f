/** The real Pulumi CLI for the demo, the tests and the benchmarks. */
export type { CommandOptions, CommandResult, RunningCommand } from "./command.js";
export type { Config, ConfigValue } from "./config.js";
export { resourceChanges, resourceSteps } from "./events.js";
export { Stack, type ExportedState, type StackOptions, type StateResource } from "./stack.js";
export type { Program } from "./workspace.js";
