import { checkedInputs } from "./check.js";
import { type Configuration, readConfiguration } from "./configuration.js";
import { difference, type Difference } from "./diff.js";
import type { Properties } from "./properties.js";
import { ResourceManager } from "./resource-manager.js";
import { inputsFromState, outputs, previewOutputs, requestBody, resourceId } from "./shape.js";
import { type AzureType, azureType, hasLocation } from "./types.js";

export interface Made {
    id: string;
    outputs: Properties;
}

/** The provider's work, without the wire. */
export class AzureNativeProvider {
    private configured: { configuration: Configuration; arm: ResourceManager } | undefined;

    /** Called once, before everything else. */
    configure(own: Readonly<Record<string, string>>): void {
        const configuration = readConfiguration(own);
        this.configured = { configuration, arm: new ResourceManager(configuration) };
    }

    check(urn: string, seed: Uint8Array, before: Properties, given: Properties): Properties {
        const { configuration } = this.get();
        const context = { logicalName: logicalName(urn), urn, seed, location: configuration.location };
        return checkedInputs(azureType(typeOf(urn)), before, given, context);
    }

    diff(urn: string, before: Properties, after: Properties): Difference {
        return difference(azureType(typeOf(urn)), logicalName(urn), before, after);
    }

    async create(urn: string, inputs: Properties, preview: boolean): Promise<Made> {
        const type = azureType(typeOf(urn));
        // The engine takes no ID from a preview: it may hold what is not known yet.
        if (preview) return { id: "", outputs: previewOutputs(type, inputs) };
        const { arm, configuration } = this.get();
        const id = resourceId(type, inputs, configuration.subscriptionId);
        if (type.settings === undefined && (await arm.get(id, type.apiVersion)) !== undefined) {
            throw new Error(`cannot create already existing resource '${id}'`);
        }
        return { id, outputs: await this.put(type, id, inputs) };
    }

    async update(
        urn: string,
        id: string,
        before: Properties,
        inputs: Properties,
        preview: boolean,
    ): Promise<Properties> {
        const type = azureType(typeOf(urn));
        if (preview) return { ...before, ...previewOutputs(type, inputs) };
        return await this.put(type, id, inputs);
    }

    /** Undefined where the resource is gone. */
    async read(
        urn: string,
        id: string,
        inputs: Properties,
    ): Promise<{ inputs: Properties; outputs: Properties } | undefined> {
        const type = azureType(typeOf(urn));
        const { arm } = this.get();
        const body =
            type.settings === undefined
                ? await arm.get(id, type.apiVersion)
                : await arm.post(id, type.settings.read, type.apiVersion);
        if (body === undefined) return undefined;
        const state = outputs(type, body);
        return { inputs: inputsFromState(type, id, state, inputs), outputs: state };
    }

    async delete(urn: string, id: string): Promise<void> {
        const type = azureType(typeOf(urn));
        const { arm } = this.get();
        if (type.settings === undefined) await arm.delete(id, type.apiVersion);
        else await arm.put(id, type.apiVersion, { properties: {} });
    }

    /** A function of the SDK. */
    async invoke(token: string): Promise<Properties> {
        if (token !== "azure-native:authorization:getClientConfig") {
            throw new Error(
                `The azure-native provider's stand-in for the local Azure knows no function ${token}`,
            );
        }
        const { arm, configuration } = this.get();
        const access = await configuration.credential.getToken(arm.scope);
        const claims = JSON.parse(
            Buffer.from(access?.token.split(".")[1] ?? "", "base64url").toString("utf8"),
        ) as { oid?: string };
        return {
            clientId: configuration.clientId,
            objectId: claims.oid ?? "",
            subscriptionId: configuration.subscriptionId,
            tenantId: configuration.tenantId,
        };
    }

    private async put(type: AzureType, id: string, inputs: Properties): Promise<Properties> {
        const { arm } = this.get();
        const body = requestBody(type, inputs);
        if (hasLocation(type) && body["location"] === undefined) {
            const location = await this.groupLocation(inputs);
            if (location !== undefined) body["location"] = location;
        }
        await arm.put(id, type.apiVersion, body);
        const made =
            type.settings === undefined
                ? await arm.get(id, type.apiVersion)
                : await arm.post(id, type.settings.read, type.apiVersion);
        if (made === undefined) throw new Error(`${id} is not there, although it was made`);
        return outputs(type, made);
    }

    private async groupLocation(inputs: Properties): Promise<Properties[string] | undefined> {
        const group = azureType("azure-native:resources:ResourceGroup");
        const { arm, configuration } = this.get();
        const body = await arm.get(resourceId(group, inputs, configuration.subscriptionId), group.apiVersion);
        return body?.["location"];
    }

    private get(): { configuration: Configuration; arm: ResourceManager } {
        if (this.configured === undefined) throw new Error("The provider is not configured");
        return this.configured;
    }
}

/** `urn:pulumi:stack::project::parent$type::name`. */
function typeOf(urn: string): string {
    const types = urn.split("::")[2] ?? "";
    return types.slice(types.lastIndexOf("$") + 1);
}

function logicalName(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}
