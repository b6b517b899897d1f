import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { declareReplicas } from "../../../cli/declare.js";
import { KeyVaultReplica } from "../../../components/key-vault-replica.js";
import { blobPatterns, StorageReplica } from "../../../components/storage-replica.js";
import { Secrets } from "../../../providers/keyvault/resources.js";

interface Registered {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
}

const registered: Registered[] = [];

/** A preview in which the source is not known yet: nothing is listed, so no Azure is needed. */
async function preview(program: () => void): Promise<Registered[]> {
    registered.length = 0;
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs }) => {
                registered.push({ type, name, inputs: inputs as Record<string, unknown> });
                return { id: name, state: inputs as Record<string, unknown> };
            },
            call: () => ({}),
        },
        "project",
        "stack",
        true,
    );
    await pulumi.runtime.runInPulumiStack(() => {
        program();
        return Promise.resolve(undefined);
    });
    await pulumi.runtime.disconnect();
    return registered.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

const unknown = pulumi.output(pulumi.unknown) as pulumi.Output<string>;
const sides = { source: unknown, target: unknown };

describe("the components", () => {
    it("declare one replica for each element type, under stable names and types", async () => {
        const made = await preview(() => {
            new KeyVaultReplica("app", sides);
            new StorageReplica("media", {
                ...sides,
                mode: "replication",
                tags: true,
                publicAccess: true,
                policies: false,
            });
        });
        expect(made.map(({ type, name }) => `${type} ${name}`)).to.have.members([
            "azure-dataplane:index:KeyVaultReplica app",
            "pulumi-nodejs:dynamic/azure-dataplane/keyvault:Secrets app-secrets",
            "pulumi-nodejs:dynamic/azure-dataplane/keyvault:Keys app-keys",
            "pulumi-nodejs:dynamic/azure-dataplane/keyvault:Issuers app-issuers",
            "pulumi-nodejs:dynamic/azure-dataplane/keyvault:Certificates app-certificates",
            "azure-dataplane:index:StorageReplica media",
            "pulumi-nodejs:dynamic/azure-dataplane/storage:Containers media-containers",
            "pulumi-nodejs:dynamic/azure-dataplane/storage:Blobs media-blobs",
        ]);
        const find = (name: string) => made.find((entry) => entry.name === name)?.inputs;
        expect(find("media-containers")).to.deep.include({
            mode: "replication",
            options: { publicAccess: true, policies: false },
        });
        expect(find("media-blobs")).to.deep.include({ mode: "replication", options: { tags: true } });
    });

    it("replicate of a vault what is named, each with the arguments that are its own", async () => {
        const made = await preview(() => {
            new KeyVaultReplica("app", {
                ...sides,
                contents: ["secrets", "keys", "certificates", "contacts"],
                include: ["app-*"],
                versions: "all",
                onUnexportable: "recreate",
                rewrite: { a: "b" },
                rename: { "app-a": "app-b" },
            });
        });
        const find = (name: string) => made.find((entry) => entry.name === name)?.inputs;
        expect(made.map(({ name }) => name)).to.have.members([
            "app",
            "app-secrets",
            "app-keys",
            "app-contacts",
            "app-certificates",
        ]);
        expect(find("app-secrets")).to.deep.include({
            include: ["app-*"],
            rewrite: { a: "b" },
            rename: { "app-a": "app-b" },
            options: { versions: "all" },
        });
        expect(find("app-keys")).to.deep.include({
            include: ["app-*"],
            options: { onUnexportable: "recreate" },
        });
        expect(find("app-keys")).not.to.have.any.keys("rename", "rewrite");
        expect(find("app-certificates")).to.deep.include({
            options: { versions: "all", onUnexportable: "recreate" },
        });
        // A pattern is on names of the vault's objects, not on e-mail addresses.
        expect(find("app-contacts")).not.to.have.any.keys("include", "options");
    });

    it("replicate of a storage account the tables that are named, with their entities", async () => {
        const names = (args: object) =>
            preview(() => new StorageReplica("data", { ...sides, ...args })).then((made) =>
                made.map(({ name }) => name).filter((name) => /tables|entities/.test(name)),
            );
        expect(await names({ mode: "replication" })).to.deep.equal([]);
        expect(await names({ tables: true })).to.deep.equal(["data-tables"]);
        const made = await preview(() => {
            new StorageReplica("data", {
                ...sides,
                mode: "replication",
                tables: ["orders*"],
                policies: false,
            });
        });
        const find = (name: string) => made.find((entry) => entry.name === name)?.inputs;
        expect(find("data-tables")).to.deep.include({ include: ["orders*"], options: { policies: false } });
        expect(find("data-entities")).to.deep.include({ include: ["orders*/**"] });
    });

    it("replicate of a storage account snapshots and settings, where that is asked for", async () => {
        const made = await preview(() => {
            new StorageReplica("media", {
                ...sides,
                mode: "replication",
                snapshots: true,
                serviceProperties: true,
                shares: ["team-*"],
            });
        });
        const find = (name: string) => made.find((entry) => entry.name === name);
        expect(find("media-shares")?.inputs).to.deep.include({ include: ["team-*"] });
        expect(find("media-files")?.inputs).to.deep.include({ include: ["team-*/**"] });
        expect(find("media-blobs")?.inputs).to.deep.include({ options: { snapshots: true } });
        expect(find("media-service-properties")?.type).to.equal(
            "pulumi-nodejs:dynamic/azure-dataplane/storage:ServiceProperties",
        );
        expect(find("media-containers")?.inputs).to.not.have.property("options");
    });

    it("replicate of a storage account the queues that are named", async () => {
        const made = await preview(() => {
            new StorageReplica("none", { ...sides, queues: false });
            new StorageReplica("all", { ...sides, queues: true });
            new StorageReplica("some", { ...sides, queues: ["orders*"], policies: false });
            new StorageReplica("messages", {
                ...sides,
                queues: true,
                messages: "copy",
                acknowledge: ["messages"],
                serviceProperties: true,
            });
        });
        const find = (name: string) => made.find((entry) => entry.name === name)?.inputs;
        expect(find("messages-queues")).to.deep.include({
            options: { messages: "copy", acknowledge: ["messages"] },
        });
        expect(find("messages-containers")).to.not.have.any.keys("options", "messages", "acknowledge");
        expect(find("messages-service-properties")).to.deep.include({
            options: { services: ["blob", "queue"] },
        });
        expect(find("none-queues")).to.equal(undefined);
        expect(find("all-queues")).to.not.have.any.keys("include", "options");
        expect(find("some-queues")).to.deep.include({ include: ["orders*"], options: { policies: false } });
    });

    it("replicate of a storage account its directories, where that is asked for, and the blobs after them", async () => {
        const made = await preview(() => {
            new StorageReplica("lake", {
                ...sides,
                mode: "replication",
                containers: ["raw", "curated"],
                exclude: ["tmp/**"],
                directories: true,
                accessControl: true,
                principals: { a: "b" },
                tags: true,
                detail: "groups",
            });
            new StorageReplica("some", { ...sides, include: ["year=2026/**"], directories: true });
            new StorageReplica("flat", { ...sides, mode: "replication" });
        });
        const find = (name: string) => made.find((entry) => entry.name === name);
        expect(find("lake-directories")?.type).to.equal(
            "pulumi-nodejs:dynamic/azure-dataplane/storage:Directories",
        );
        // With the root directories of the containers, which have access control too.
        expect(find("lake-directories")?.inputs).to.deep.include({
            include: ["raw/**", "curated/**", "raw", "curated"],
            exclude: ["*/tmp/**"],
            detail: "groups",
            options: { accessControl: true, principals: { a: "b" } },
        });
        expect(find("lake-blobs")?.inputs).to.deep.include({
            include: ["raw/**", "curated/**"],
            options: { accessControl: true, principals: { a: "b" }, tags: true },
        });
        const names = made.map(({ name }) => name);
        expect(names.indexOf("lake-directories")).to.be.lessThan(names.indexOf("lake-blobs"));
        // In template mode directories alone: they are structure.
        expect(find("some-directories")?.inputs).to.deep.include({
            mode: "template",
            include: ["*/year=2026/**"],
        });
        expect(names).to.not.include.members(["some-blobs"]);
        expect(names).to.not.include.members(["flat-directories"]);
    });

    it("make no blobs in template mode: there are no empty ones", async () => {
        const made = await preview(() => {
            new StorageReplica("media", sides);
        });
        expect(made.map(({ name }) => name)).to.have.members(["media", "media-containers"]);
        expect(made.find(({ name }) => name === "media-containers")?.inputs).to.include({ mode: "template" });
    });

    it("stand by name in stack configuration", async () => {
        const made = await preview(() => {
            declareReplicas(
                [
                    {
                        type: "StorageReplica",
                        name: "media",
                        source: "https://a.blob.core.windows.net",
                        target: "https://b.blob.core.windows.net",
                    },
                ].map((entry) => ({ ...entry, accessTimeout: 0 })),
            );
        }).catch((error: unknown) => [{ type: "error", name: String(error), inputs: {} }]);
        expect(made.map(({ name }) => name).join()).to.contain("media");
    });
});

describe("the patterns of a StorageReplica", () => {
    it("become patterns on container and path", () => {
        expect(blobPatterns({})).to.deep.equal({ include: undefined, exclude: undefined });
        expect(blobPatterns({ containers: ["a", "b"] }).include).to.deep.equal(["a/**", "b/**"]);
        expect(blobPatterns({ include: ["*.jpg"] }).include).to.deep.equal(["*/*.jpg"]);
        expect(
            blobPatterns({ containers: ["a"], include: ["x/**", "y"], exclude: ["tmp/**"] }),
        ).to.deep.equal({
            include: ["a/x/**", "a/y"],
            exclude: ["*/tmp/**"],
        });
    });
});

describe("a replica's inputs", () => {
    it("keep the user's values secret and refer to the package", async () => {
        const made = await preview(() => {
            new Secrets("app", { ...sides, overrides: { a: "hunter2" }, rename: { a: "b" } });
        });
        const inputs = made[0]?.inputs;
        expect(inputs).to.deep.include({ rename: { a: "b" }, mode: "template" });
        expect(inputs?.["__provider"]).to.contain('providers["keyvault/secrets"]');
        expect(inputs?.["__urn"]).to.contain("keyvault:Secrets::app");
    });
});
