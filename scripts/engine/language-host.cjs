/**
 * A language host for Pulumi programs in TypeScript and JavaScript: as much of the engine's `LanguageRuntime` service
 * as preview, up, refresh and destroy ask for. It stands beside a CLI that was built from Go modules, since the
 * official host's module can't be had from a module proxy; a CLI installed the usual way brings its own.
 * Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
 */
const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const { join } = require("node:path");

const sdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const grpc = sdk("@grpc/grpc-js");
const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js");
const { LanguageRuntimeService } = sdk("@pulumi/pulumi/proto/language_grpc_pb.js");
const messages = sdk("@pulumi/pulumi/proto/language_pb.js");
const { PluginInfo } = sdk("@pulumi/pulumi/proto/plugin_pb.js");

/** The engine's own limit for one message. */
const maximumMessageBytes = 400 * 1024 * 1024;

/** With this exit code the SDK says that it has told the user already. */
const alreadyReported = 32;

const engineAddress = process.argv.filter((argument) => !argument.startsWith("-")).pop();

/** Where the program is; an engine that knows no `ProgramInfo` says it in fields of its own. */
function programOf(request) {
    const info = request.getInfo();
    return info === undefined
        ? { root: request.getPwd(), directory: request.getPwd(), entry: request.getProgram() }
        : {
              root: info.getRootDirectory(),
              directory: info.getProgramDirectory(),
              entry: info.getEntryPoint(),
          };
}

function argumentsOf(request, program) {
    const runner = createRequire(join(program.directory, "_.js")).resolve("@pulumi/pulumi/cmd/run");
    return [
        runner,
        ...["--monitor", request.getMonitorAddress()],
        ...["--engine", engineAddress],
        ...["--project", request.getProject()],
        ...["--stack", request.getStack()],
        ...["--organization", request.getOrganization()],
        ...["--root-directory", program.root],
        ...["--pwd", request.getPwd()],
        ...["--parallel", String(request.getParallel())],
        ...(request.getDryrun() ? ["--dry-run"] : []),
        program.entry,
    ];
}

function environmentOf(request) {
    const config = Object.fromEntries(request.getConfigMap().entries());
    return {
        ...process.env,
        // The official host asks for TypeScript as well, unless Pulumi.yaml says otherwise.
        PULUMI_NODEJS_TYPESCRIPT: process.env.PULUMI_NODEJS_TYPESCRIPT ?? "true",
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    };
}

function run(call, callback) {
    const program = programOf(call.request);
    const child = spawn(process.execPath, argumentsOf(call.request, program), {
        cwd: call.request.getPwd(),
        env: environmentOf(call.request),
        stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", (error) => callback(error));
    child.on("exit", (code, signal) => {
        const response = new messages.RunResponse();
        if (code === alreadyReported) response.setBail(true);
        else if (code !== 0) response.setError(`The program ended with ${signal ?? `exit code ${code}`}`);
        callback(null, response);
    });
}

const answer = (make) => (_call, callback) => callback(null, make());

const server = new grpc.Server({
    "grpc.max_receive_message_length": maximumMessageBytes,
    "grpc.max_send_message_length": maximumMessageBytes,
});
server.addService(LanguageRuntimeService, {
    handshake: answer(() => new messages.LanguageHandshakeResponse()),
    getPluginInfo: answer(() => {
        const info = new PluginInfo();
        info.setVersion("3.0.0");
        return info;
    }),
    getRequiredPlugins: answer(() => new messages.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new messages.GetRequiredPackagesResponse()),
    getProgramDependencies: answer(() => new messages.GetProgramDependenciesResponse()),
    about: answer(() => new messages.AboutResponse()),
    cancel: answer(() => new Empty()),
    run: (call, callback) => {
        try {
            run(call, callback);
        } catch (error) {
            callback({ code: grpc.status.FAILED_PRECONDITION, message: error.message });
        }
    },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    // The engine reads the port from the first line.
    process.stdout.write(`${port}\n`);
});
