import { once } from "node:events";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { startConnectProxy, type ConnectProxy } from "./connect-proxy.js";
import { controlHost } from "./hosts.js";
import { LocalAzure } from "./local-azure.js";
import { seed } from "./seed.js";

interface Flags {
    port: number;
    data?: string;
    seed?: true;
    roleDelay: number;
}

const program = new Command("emulator")
    .description(
        "A local Azure: sign-in, Resource Manager, Key Vault and Storage behind one TLS port on 127.0.0.1.",
    )
    .option(
        "--port <number>",
        "TLS port; 443 serves clients that can't be given another, through a hosts file",
        toPort,
        8443,
    )
    .option("--data <folder>", "keep all state in this folder, and go on from what is in it")
    .option("--seed", "fill it with a small source tenant and an empty target tenant")
    .option("--role-delay <seconds>", "how long a new role assignment takes to act", toSeconds, 0)
    .allowExcessArguments(false);

/** Runs the local Azure until it is interrupted. */
async function main(): Promise<void> {
    const flags = program.parse().opts<Flags>();
    const azure = await LocalAzure.start({
        port: flags.port,
        roleAssignmentDelayMilliseconds: flags.roleDelay * 1000,
        ...(flags.data === undefined ? {} : { dataDirectory: resolve(flags.data), persist: true }),
    });
    if (flags.seed === true) await seed(azure);
    const proxy = await startConnectProxy(azure.port);
    const over = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    console.log(usage(azure, proxy));
    await over;
    await proxy.stop();
    await azure.stop();
    console.log("Stopped.");
}

function usage(azure: LocalAzure, proxy: ConnectProxy): string {
    const { NODE_OPTIONS, NODE_EXTRA_CA_CERTS, LOCAL_AZURE_PORT } = azure.environment({});
    const credentials = Object.entries(azure.principals).flatMap(([tenant, principals]) =>
        Object.entries(principals).map(
            ([name, principal]) =>
                `  ${tenant} ${name}: AZURE_TENANT_ID=${principal.tenantId} AZURE_CLIENT_ID=${principal.clientId} ` +
                `AZURE_CLIENT_SECRET='${principal.secrets[0]?.value ?? ""}'`,
        ),
    );
    const subscriptions = Object.entries(azure.tenants).map(
        ([name, { subscription }]) => `  ${name}: ${subscription.id}`,
    );
    return [
        `The local Azure listens on 127.0.0.1:${String(azure.port)}. Ctrl-C stops it.`,
        "",
        "Node programs, with production URLs and no change:",
        `  export NODE_OPTIONS='${NODE_OPTIONS ?? ""}'`,
        `  export NODE_EXTRA_CA_CERTS='${NODE_EXTRA_CA_CERTS ?? ""}'`,
        `  export LOCAL_AZURE_PORT=${LOCAL_AZURE_PORT ?? ""}`,
        "",
        "Other programs, such as Python's and Go's SDKs, by a proxy that knows only the way to here:",
        `  export HTTPS_PROXY=http://127.0.0.1:${String(proxy.port)}`,
        `  export SSL_CERT_FILE='${azure.bundleFile}' REQUESTS_CA_BUNDLE='${azure.bundleFile}'`,
        `  The authority alone: ${azure.caFile}`,
        "",
        "Programs that know no proxy (they need --port 443), by names in the hosts file:",
        "  127.0.0.1 login.microsoftonline.com management.azure.com NAME.vault.azure.net NAME.blob.core.windows.net",
        "",
        "Made-up identities:",
        ...credentials,
        "Subscriptions:",
        ...subscriptions,
        "",
        `Control: https://${controlHost}:${String(azure.port)}/ (GET or DELETE /requests, POST or DELETE /faults)`,
    ].join("\n");
}

function toPort(text: string): number {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
        throw new InvalidArgumentError("It is no port.");
    return port;
}

function toSeconds(text: string): number {
    const seconds = Number(text);
    if (!(seconds >= 0)) throw new InvalidArgumentError("It is no number of seconds.");
    return seconds;
}

main().catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    const port = String(program.opts<Flags>().port);
    if (code === "EADDRINUSE") console.error(`Port ${port} is taken. Give another one with --port.`);
    else if (code === "EACCES")
        console.error(`Port ${port} needs more rights. Run as root, or give one above 1023.`);
    else console.error(message);
    process.exitCode = 1;
});
