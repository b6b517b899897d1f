/** The azure-native provider's stand-in as the engine starts it: a gRPC server that prints its port. */
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from "@grpc/grpc-js";
import azureNative from "@pulumi/azure-native/package.json";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { fromStruct, isObject, toStruct } from "./properties.js";
import { AzureNativeProvider } from "./provider.js";

/** The engine's own limit for one message. */
const maximumMessageBytes = 400 * 1024 * 1024;

const provider = new AzureNativeProvider();

function unary<Request, Response>(work: (request: Request) => Promise<Response> | Response) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        Promise.resolve(call.request)
            .then(work)
            .then(
                (response) => {
                    callback(null, response);
                },
                (error: unknown) => {
                    const message = error instanceof Error ? error.message : String(error);
                    callback({ code: status.UNKNOWN, message });
                },
            );
    };
}

/** The provider's own configuration. Secrets come wrapped in an object here, and in clear text as variables. */
function configurationOf(request: messages.ConfigureRequest): Record<string, string> {
    const variables = [...request.getVariablesMap().entries()].map(
        ([key, value]) => [key.replace("azure-native:config:", ""), value] as const,
    );
    const given = Object.entries(fromStruct(request.getArgs())).flatMap(([key, value]) => {
        const plain = isObject(value) ? value["value"] : value;
        return typeof plain === "string" ? [[key, plain] as const] : [];
    });
    return Object.fromEntries([...variables, ...given]);
}

const server = new Server({
    "grpc.max_receive_message_length": maximumMessageBytes,
    "grpc.max_send_message_length": maximumMessageBytes,
});
server.addService(ResourceProviderService, {
    getPluginInfo: unary((_: Empty) => {
        const response = new PluginInfo();
        response.setVersion(azureNative.version);
        return response;
    }),
    getSchema: unary((_: messages.GetSchemaRequest) => new messages.GetSchemaResponse()),
    checkConfig: unary((request: messages.CheckRequest) => {
        const response = new messages.CheckResponse();
        response.setInputs(request.getNews());
        return response;
    }),
    diffConfig: unary((_: messages.DiffRequest) => {
        const response = new messages.DiffResponse();
        response.setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE);
        return response;
    }),
    configure: unary((request: messages.ConfigureRequest) => {
        provider.configure(configurationOf(request));
        const response = new messages.ConfigureResponse();
        response.setSupportspreview(true);
        return response;
    }),
    check: unary((request: messages.CheckRequest) => {
        const inputs = provider.check(
            request.getUrn(),
            request.getRandomseed_asU8(),
            fromStruct(request.getOlds()),
            fromStruct(request.getNews()),
        );
        const response = new messages.CheckResponse();
        response.setInputs(toStruct(inputs));
        return response;
    }),
    diff: unary((request: messages.DiffRequest) => {
        const { changed, replaced, deleteBeforeReplace } = provider.diff(
            request.getUrn(),
            fromStruct(request.getOldInputs()),
            fromStruct(request.getNews()),
        );
        const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
        const response = new messages.DiffResponse();
        response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
        response.setDiffsList(changed);
        response.setReplacesList(replaced);
        response.setDeletebeforereplace(deleteBeforeReplace);
        return response;
    }),
    create: unary(async (request: messages.CreateRequest) => {
        const inputs = fromStruct(request.getProperties());
        const made = await provider.create(request.getUrn(), inputs, request.getPreview());
        const response = new messages.CreateResponse();
        response.setId(made.id);
        response.setProperties(toStruct(made.outputs));
        return response;
    }),
    update: unary(async (request: messages.UpdateRequest) => {
        const made = await provider.update(
            request.getUrn(),
            request.getId(),
            fromStruct(request.getOlds()),
            fromStruct(request.getNews()),
            request.getPreview(),
        );
        const response = new messages.UpdateResponse();
        response.setProperties(toStruct(made));
        return response;
    }),
    read: unary(async (request: messages.ReadRequest) => {
        const found = await provider.read(request.getUrn(), request.getId(), fromStruct(request.getInputs()));
        const response = new messages.ReadResponse();
        if (found === undefined) return response;
        response.setId(request.getId());
        response.setInputs(toStruct(found.inputs));
        response.setProperties(toStruct(found.outputs));
        return response;
    }),
    delete: unary(async (request: messages.DeleteRequest) => {
        await provider.delete(request.getUrn(), request.getId());
        return new Empty();
    }),
    invoke: unary(async (request: messages.InvokeRequest) => {
        const response = new messages.InvokeResponse();
        response.setReturn(toStruct(await provider.invoke(request.getTok())));
        return response;
    }),
    attach: unary((_: messages.GetSchemaRequest) => new Empty()),
    cancel: unary((_: Empty) => new Empty()),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${String(port)}\n`);
});
