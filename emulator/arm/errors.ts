import type { ServiceResponse } from "../contract.js";

/**
 * A refusal by Resource Manager, in its own shape.
 * Source: https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors, and the texts
 * from https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
 */
export class ArmError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        readonly headers: Record<string, string> = {},
    ) {
        super(message);
        this.name = "ArmError";
    }

    toResponse(): ServiceResponse {
        return {
            status: this.status,
            headers: { ...this.headers, "x-ms-failure-cause": this.status < 500 ? "gateway" : "service" },
            body: { error: { code: this.code, message: this.message } },
        };
    }
}

export const armErrors = {
    subscriptionNotFound: (subscriptionId: string) =>
        new ArmError(404, "SubscriptionNotFound", `The subscription '${subscriptionId}' could not be found.`),
    resourceGroupNotFound: (name: string) =>
        new ArmError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`),
    resourceNotFound: (typeAndName: string, resourceGroup: string | undefined) =>
        new ArmError(
            404,
            "ResourceNotFound",
            `The Resource '${typeAndName}' under resource group '${resourceGroup ?? "<null>"}' was not found. For more ` +
                "details please go to https://aka.ms/ARMResourceNotFoundFix",
        ),
    parentNotFound: (type: string, parentId: string) =>
        new ArmError(
            404,
            "ParentResourceNotFound",
            `Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${parentId}' ` +
                "could not be found.",
        ),
    authorizationFailed: (clientId: string, objectId: string, action: string, scope: string) =>
        new ArmError(
            403,
            "AuthorizationFailed",
            `The client '${clientId}' with object id '${objectId}' does not have authorization to perform action ` +
                `'${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please ` +
                "refresh your credentials.",
        ),
    missingApiVersion: () =>
        new ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ),
    invalidApiVersion: (apiVersion: string) =>
        new ArmError(
            400,
            "InvalidApiVersionParameter",
            `The api-version '${apiVersion}' is invalid. The supported versions are of the form 'yyyy-MM-dd' or ` +
                "'yyyy-MM-dd-preview'.",
        ),
    noRegisteredProvider: (type: string, apiVersion: string, versions: readonly string[]) =>
        new ArmError(
            400,
            "NoRegisteredProviderFound",
            `No registered resource provider found for API version '${apiVersion}' for type '${type}'. The supported ` +
                `api-versions are '${versions.join(", ")}'.`,
        ),
    invalidNamespace: (namespace: string) =>
        new ArmError(404, "InvalidResourceNamespace", `The resource namespace '${namespace}' is invalid.`),
    notFoundPath: (path: string) =>
        new ArmError(404, "NotFound", `No HTTP resource was found that matches the request URI '${path}'.`),
    methodNotAllowed: (method: string) =>
        new ArmError(
            405,
            "MethodNotAllowed",
            `The HTTP method '${method}' is not supported at this resource.`,
        ),
    invalidContent: (reason: string) =>
        new ArmError(
            400,
            "InvalidRequestContent",
            `The request content was invalid and could not be deserialized: '${reason}'.`,
        ),
    locationRequired: () =>
        new ArmError(400, "LocationRequired", "The location property is required for this definition."),
    locationNotAvailable: (location: string, type: string, locations: readonly string[]) =>
        new ArmError(
            400,
            "LocationNotAvailableForResourceType",
            `The provided location '${location}' is not available for resource type '${type}'. List of available ` +
                `regions for the resource type is '${locations.join(",")}'.`,
        ),
    locationChanged: (name: string, resourceGroup: string, existing: string, wanted: string) =>
        new ArmError(
            409,
            "InvalidResourceLocation",
            `The resource '${name}' already exists in location '${existing}' in resource group '${resourceGroup}'. A ` +
                `resource with the same name cannot be created in location '${wanted}'. Please select a new resource ` +
                "name.",
        ),
    preconditionFailed: () =>
        new ArmError(
            412,
            "PreconditionFailed",
            "The condition set in the request ('If-Match' or 'If-None-Match') is not met.",
        ),
    /** Not Azure's: what this emulator knows it does not do, so that nobody takes it for done. */
    notModelled: (what: string) =>
        new ArmError(501, "NotModelled", `The local Azure does not model ${what}.`),
};
