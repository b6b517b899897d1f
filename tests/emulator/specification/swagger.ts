import type { Mapper, OperationSpec, Parameter, SdkSpecification } from "./sdk-modules.js";

/** A Swagger 2.0 schema, as far as mappers tell one. */
export interface Schema {
    [key: string]: unknown;
    properties?: Record<string, Schema>;
    required?: string[];
}

/** A Swagger 2.0 document. */
export interface Swagger {
    swagger: "2.0";
    info: { title: string; version: string };
    host: string;
    schemes: string[];
    consumes: string[];
    produces: string[];
    paths: Record<string, Record<string, object>>;
    definitions: Record<string, Schema>;
}

const scalars: Readonly<Record<string, Schema>> = {
    String: { type: "string" },
    Number: { type: "number" },
    Boolean: { type: "boolean" },
    DateTime: { type: "string", format: "date-time" },
    Date: { type: "string", format: "date" },
    any: {},
    Object: { type: "object" },
    Stream: { type: "file" },
};

const constraints: Readonly<Record<string, string>> = {
    MaxLength: "maxLength",
    MinLength: "minLength",
    InclusiveMaximum: "maximum",
    InclusiveMinimum: "minimum",
    MaxItems: "maxItems",
    MinItems: "minItems",
};

/** Turns a package's specification into one Swagger document per api-version. */
export function toSwagger(title: string, specification: SdkSpecification): Swagger[] {
    const definitions: Record<string, Schema> = {};
    const documents = new Map<string, Swagger>();
    for (const [operationId, spec] of specification.operations) {
        const version = apiVersion(spec);
        const document: Swagger = documents.get(version) ?? {
            swagger: "2.0",
            info: { title, version },
            host: "management.azure.com",
            schemes: ["https"],
            consumes: ["application/json"],
            produces: ["application/json"],
            paths: {},
            definitions,
        };
        documents.set(version, document);
        const path = spec.path.startsWith("/") ? spec.path : `/${spec.path}`;
        document.paths[path] = {
            ...document.paths[path],
            [spec.httpMethod.toLowerCase()]: toOperation(operationId, spec, (mapper) =>
                toSchema(mapper, specification.models, definitions),
            ),
        };
    }
    return [...documents.values()];
}

function apiVersion(spec: OperationSpec): string {
    const parameter = spec.queryParameters?.find(({ mapper }) => mapper.serializedName === "api-version");
    const version = parameter?.mapper.defaultValue;
    return typeof version === "string" ? version : "unknown";
}

function toOperation(operationId: string, spec: OperationSpec, schemaOf: (mapper: Mapper) => Schema): object {
    const inPath = (spec.urlParameters ?? [])
        .filter(({ mapper }) => mapper.serializedName !== "$host")
        .map(({ mapper, skipEncoding }) => ({
            name: mapper.serializedName,
            in: "path",
            required: true,
            type: "string",
            ...(skipEncoding === true ? { "x-ms-skip-url-encoding": true } : {}),
        }));
    const inQuery = (spec.queryParameters ?? []).map(({ mapper }) => ({
        ...scalarSchema(schemaOf(mapper)),
        name: mapper.serializedName,
        in: "query",
        required: mapper.required === true,
    }));
    const ownHeaders = (spec.headerParameters ?? []).filter(({ mapper }) => {
        const name = mapper.serializedName?.toLowerCase();
        return name !== "accept" && name !== "content-type";
    });
    const inHeader = ownHeaders.map(({ mapper }) => ({
        name: mapper.serializedName,
        in: "header",
        required: mapper.required === true,
        type: "string",
    }));
    const body = spec.requestBody === undefined ? [] : [bodyParameter(spec.requestBody, schemaOf)];
    // For long-running operations the SDK gives 202 and 204 the body of the end result; the specification has none there.
    const withoutBody = ["202", "204"];
    const responses = Object.entries(spec.responses ?? {}).map(([status, { bodyMapper }]) => [
        status,
        bodyMapper === undefined || withoutBody.includes(status)
            ? { description: status }
            : { description: status, schema: schemaOf(bodyMapper) },
    ]);
    return {
        operationId,
        parameters: [...inPath, ...inQuery, ...inHeader, ...body],
        responses: Object.fromEntries(responses) as object,
    };
}

function bodyParameter({ mapper }: Parameter, schemaOf: (mapper: Mapper) => Schema): object {
    return { name: "body", in: "body", required: mapper.required === true, schema: schemaOf(mapper) };
}

/** Parameters outside the body are never objects. */
function scalarSchema(schema: Schema): Schema {
    const { $ref: _reference, readOnly: _readOnly, "x-nullable": _nullable, ...rest } = schema;
    return "type" in rest ? rest : { ...rest, type: "string" };
}

function toSchema(
    mapper: Mapper,
    models: ReadonlyMap<string, Mapper>,
    definitions: Record<string, Schema>,
): Schema {
    const { type } = mapper;
    const recurse = (inner: Mapper): Schema => toSchema(inner, models, definitions);
    if (type.name === "Composite") {
        const { className } = type;
        if (className === undefined) return { type: "object" };
        const model = type.modelProperties === undefined ? models.get(className) : mapper;
        if (model !== undefined && definitions[className] === undefined) {
            // Models may hold themselves: the name is taken before they are looked into.
            const definition: Schema = {};
            definitions[className] = definition;
            Object.assign(definition, toModel(models.get(className) ?? model, recurse));
        }
        return { $ref: `#/definitions/${className}` };
    }
    const schema = plainSchema(mapper, recurse);
    if (mapper.readOnly === true) schema.readOnly = true;
    if (mapper.nullable === true) schema["x-nullable"] = true;
    for (const [name, value] of Object.entries(mapper.constraints ?? {})) {
        const keyword = constraints[name];
        if (keyword !== undefined) schema[keyword] = value;
        else if (name === "Pattern" && value instanceof RegExp) schema.pattern = value.source;
    }
    return schema;
}

function plainSchema({ type }: Mapper, recurse: (mapper: Mapper) => Schema): Schema {
    switch (type.name) {
        case "Sequence":
            return { type: "array", items: type.element === undefined ? {} : recurse(type.element) };
        case "Dictionary":
            return {
                type: "object",
                additionalProperties: type.value === undefined ? {} : recurse(type.value),
            };
        case "Enum":
            return { type: "string", enum: type.allowedValues };
        default:
            return { ...(scalars[type.name] ?? { type: "string" }) };
    }
}

/** A model; what the SDK has flattened (`properties.vaultUri`) is nested again. */
function toModel({ type }: Mapper, recurse: (mapper: Mapper) => Schema): Schema {
    const model: Schema = { type: "object", properties: {} };
    for (const [key, property] of Object.entries(type.modelProperties ?? {})) {
        const path = (property.serializedName ?? key)
            .split(/(?<!\\)\./)
            .map((segment) => segment.replaceAll("\\.", "."));
        const name = path.pop() ?? key;
        let owner = model;
        for (const segment of path) {
            owner.properties ??= {};
            owner = owner.properties[segment] ??= { type: "object", properties: {} };
        }
        owner.properties ??= {};
        owner.properties[name] = recurse(property);
        if (property.required === true && property.readOnly !== true) {
            owner.required = [...(owner.required ?? []), name];
        }
    }
    if (type.additionalProperties !== undefined) {
        model.additionalProperties = recurse(type.additionalProperties);
    }
    return model;
}
