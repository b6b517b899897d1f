import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { inTurn } from "../../../providers/core/credentials/build.js";
import { chooseCredential } from "../../../providers/core/credentials/choose.js";
import type { ChosenCredential } from "../../../providers/core/credentials/description.js";
import { readOidcToken } from "../../../providers/core/credentials/oidc-token.js";
import { describeCredential, resolveProfile } from "../../../providers/core/credentials/profile.js";
import type { Environment } from "../../../providers/core/credentials/settings.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import { redact } from "../../../providers/core/redact.js";
import { FakeService } from "./support/fake-http.js";

type Config = Readonly<Record<string, string>>;

function choose(name: string, environment: Environment = {}, config: Config = {}): ChosenCredential {
    return chooseCredential(name, { get: (key) => config[key] }, environment);
}

function problem(name: string, environment: Environment = {}, config: Config = {}): DataplaneError {
    try {
        choose(name, environment, config);
    } catch (error) {
        if (error instanceof DataplaneError) return error;
        throw error;
    }
    throw new Error("it was taken");
}

const profiles = (value: unknown): Config => ({ "azure-dataplane:profiles": JSON.stringify(value) });

/** A complete service principal in the variables of one family. */
function principal(prefix: string, mark: string): Environment {
    return {
        [`${prefix}TENANT_ID`]: `${mark}-tenant`,
        [`${prefix}CLIENT_ID`]: `${mark}-client`,
        [`${prefix}CLIENT_SECRET`]: `${mark}-secret`,
    };
}

function native(mark: string): Config {
    return {
        "azure-native:tenantId": `${mark}-tenant`,
        "azure-native:clientId": `${mark}-client`,
        "azure-native:clientSecret": `${mark}-secret`,
    };
}

const secretOf = (mark: string) => ({
    kind: "clientSecret",
    tenantId: `${mark}-tenant`,
    clientId: `${mark}-client`,
    clientSecret: `${mark}-secret`,
});

describe("the choice of a credential", () => {
    const places: readonly (readonly [mark: string, environment: Environment, config: Config])[] = [
        [
            "config",
            {},
            profiles({
                source: {
                    tenantId: "config-tenant",
                    clientId: "config-client",
                    clientSecret: "config-secret",
                },
            }),
        ],
        ["own", principal("AZURE_SOURCE_", "own"), {}],
        ["azure", principal("AZURE_", "azure"), {}],
        ["arm", principal("ARM_", "arm"), {}],
        ["native", {}, native("native")],
    ];

    it("takes the first place that holds one, whatever the others hold", () => {
        fc.assert(
            fc.property(fc.subarray([...places]), (given) => {
                const environment = Object.assign({}, ...given.map((place) => place[1])) as Environment;
                const config = Object.assign({}, ...given.map((place) => place[2])) as Config;
                const { credential } = choose("source", environment, config);
                const first = given[0]?.[0];
                expect(credential).to.deep.equal(
                    first === undefined ? { kind: "default", interactive: false } : secretOf(first),
                );
            }),
        );
    });

    it("keeps the sides apart", () => {
        const environment = { ...principal("AZURE_SOURCE_", "s"), ...principal("AZURE_TARGET_", "t") };
        expect(choose("source", environment).credential).to.deep.equal(secretOf("s"));
        expect(choose("target", environment).credential).to.deep.equal(secretOf("t"));
    });

    it("finds a named profile in variables of its name", () => {
        expect(choose("prod-eu", principal("AZURE_PROD_EU_", "p")).credential).to.deep.equal(secretOf("p"));
    });

    const application = { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c" };
    const arm = { ARM_TENANT_ID: "t", ARM_CLIENT_ID: "c" };
    const github = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://u", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "b" };
    const oidc = (token: object) => ({ kind: "oidc", tenantId: "t", clientId: "c", token });
    const asked = oidc({ from: "request", url: "https://u", bearer: "b" });
    const kinds: readonly (readonly [
        name: string,
        environment: Environment,
        config: Config,
        expected: object,
    ])[] = [
        ["a client ID alone", { AZURE_CLIENT_ID: "c" }, {}, { kind: "managedIdentity", clientId: "c" }],
        ["the machine's identity", { ARM_USE_MSI: "true" }, {}, { kind: "managedIdentity" }],
        ["azure-native's identity", {}, { "azure-native:useMsi": "true" }, { kind: "managedIdentity" }],
        [
            "a managed identity by profile",
            {},
            profiles({ source: { useManagedIdentity: true, clientId: "c" } }),
            { kind: "managedIdentity", clientId: "c" },
        ],
        [
            "a certificate",
            { ...application, AZURE_CLIENT_CERTIFICATE_PATH: "p", AZURE_CLIENT_CERTIFICATE_PASSWORD: "w" },
            {},
            {
                kind: "clientCertificate",
                tenantId: "t",
                clientId: "c",
                certificatePath: "p",
                certificatePassword: "w",
            },
        ],
        [
            "a certificate by profile",
            {},
            profiles({ source: { tenantId: "t", clientId: "c", clientCertificatePath: "p" } }),
            { kind: "clientCertificate", tenantId: "t", clientId: "c", certificatePath: "p" },
        ],
        [
            "workload identity",
            { ...application, AZURE_FEDERATED_TOKEN_FILE: "f" },
            {},
            oidc({ from: "file", path: "f" }),
        ],
        [
            "an OIDC token",
            { ...arm, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "k" },
            {},
            oidc({ from: "value", value: "k" }),
        ],
        ["GitHub's token", { ...arm, ...github, ARM_USE_OIDC: "1" }, {}, asked],
        [
            "GitHub's token for a side",
            { ...sided(application), ...github, AZURE_SOURCE_USE_OIDC: "true" },
            {},
            asked,
        ],
        [
            "an OIDC token before a secret where that is said",
            { ...principal("ARM_", "x"), ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "k" },
            {},
            {
                kind: "oidc",
                tenantId: "x-tenant",
                clientId: "x-client",
                token: { from: "value", value: "k" },
            },
        ],
        [
            "a secret where GitHub's token is at hand too",
            { ...principal("AZURE_", "x"), ...github },
            {},
            secretOf("x"),
        ],
        [
            "the browser for an application of one's own",
            {},
            profiles({ source: { tenantId: "t", clientId: "c", interactive: true } }),
            { kind: "interactive", tenantId: "t", clientId: "c" },
        ],
        [
            "the browser after everything else",
            {},
            profiles({ source: { interactive: true } }),
            { kind: "default", interactive: true },
        ],
        [
            "a tenant alone",
            { AZURE_TENANT_ID: "t" },
            {},
            { kind: "default", interactive: false, tenantId: "t" },
        ],
        [
            "empty variables",
            { AZURE_CLIENT_ID: "", AZURE_TENANT_ID: " " },
            {},
            { kind: "default", interactive: false },
        ],
    ];
    for (const [name, environment, config, expected] of kinds) {
        it(`knows ${name}`, () => {
            expect(choose("source", environment, config).credential).to.deep.equal(expected);
        });
    }

    function sided(environment: Environment): Environment {
        return Object.fromEntries(
            Object.entries(environment).map(([key, value]) => [
                key.replace("AZURE_", "AZURE_SOURCE_"),
                value,
            ]),
        );
    }

    const partial: readonly (readonly [environment: Environment, config: Config, missing: string])[] = [
        [{ AZURE_SOURCE_CLIENT_ID: "c", AZURE_SOURCE_CLIENT_SECRET: "s" }, {}, "AZURE_SOURCE_TENANT_ID"],
        [{ AZURE_SOURCE_TENANT_ID: "t", AZURE_SOURCE_CLIENT_SECRET: "s" }, {}, "AZURE_SOURCE_CLIENT_ID"],
        [{ AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c" }, {}, "AZURE_CLIENT_SECRET"],
        [{ AZURE_CLIENT_SECRET: "s" }, {}, "AZURE_CLIENT_ID"],
        [{ ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s" }, {}, "ARM_TENANT_ID"],
        [{ ARM_USE_OIDC: "true", ARM_CLIENT_ID: "c", ARM_TENANT_ID: "t" }, {}, "ARM_OIDC_TOKEN"],
        [{}, { "azure-native:clientId": "c", "azure-native:clientSecret": "s" }, "azure-native:tenantId"],
        [
            {},
            profiles({ source: { clientId: "c", clientSecret: "s" } }),
            "azure-dataplane:profiles source.tenantId",
        ],
    ];
    for (const [environment, config, missing] of partial) {
        it(`stops where ${missing} is missing, whatever the rest holds`, () => {
            const rest = { ...native("whole") };
            for (const more of [config, { ...rest, ...config }]) {
                const error = problem(
                    "source",
                    environment,
                    missing.startsWith("azure-native") ? config : more,
                );
                expect(error.code).to.equal("CredentialInvalid");
                expect(error.message).to.contain(`${missing} is not`);
                expect(error.detail.argument).to.equal(missing);
            }
        });
    }

    it("takes a tenant from a more explicit place, never from a less explicit one", () => {
        const explicit = choose(
            "source",
            principal("AZURE_", "x"),
            profiles({ source: { tenantId: "other" } }),
        );
        expect(explicit.credential).to.deep.equal({ ...secretOf("x"), tenantId: "other" });
        expect(explicit.tenantId).to.equal("other");
        const environment = {
            ...principal("AZURE_", "x"),
            AZURE_SOURCE_CLIENT_ID: "c",
            AZURE_SOURCE_CLIENT_SECRET: "s",
        };
        expect(problem("source", environment).message).to.contain("AZURE_SOURCE_TENANT_ID is not");
    });

    it("takes cloud and subscription likewise", () => {
        const environment = {
            ...principal("AZURE_SOURCE_", "x"),
            AZURE_SOURCE_SUBSCRIPTION_ID: "s",
            ARM_ENVIRONMENT: "china",
            ARM_SUBSCRIPTION_ID: "other",
        };
        expect(choose("source", environment)).to.deep.include({ cloud: "public", subscriptionId: "s" });
        expect(choose("target", environment)).to.deep.include({ cloud: "china", subscriptionId: "other" });
    });

    const cloudNames: readonly (readonly [environment: Environment, config: Config, cloud: string])[] = [
        [{ AZURE_SOURCE_CLOUD: "AzureUSGovernment" }, {}, "usgovernment"],
        [{ AZURE_AUTHORITY_HOST: "https://login.chinacloudapi.cn/" }, {}, "china"],
        [{ ARM_ENVIRONMENT: "usgovernment" }, {}, "usgovernment"],
        [{}, { "azure-native:environment": "china" }, "china"],
        [{}, profiles({ source: { cloud: "public" } }), "public"],
    ];
    for (const [environment, config, cloud] of cloudNames) {
        it(`finds the cloud ${cloud} in ${JSON.stringify({ ...environment, ...config })}`, () => {
            expect(choose("source", environment, config).cloud).to.equal(cloud);
        });
    }

    it("says which variable names no cloud", () => {
        const error = problem("source", { AZURE_AUTHORITY_HOST: "https://login.example.com" });
        expect(error.code).to.equal("CredentialInvalid");
        expect(error.message).to.contain("AZURE_AUTHORITY_HOST");
    });

    const settings: readonly (readonly [text: string, says: string])[] = [
        ["{ not json with s3cr3t-value", "not JSON"],
        ["[]", "expected record"],
        ['{"source": {"clientSecrets": "s3cr3t-value"}}', "clientSecrets"],
        ['{"source": {"clientSecret": 7}}', "source.clientSecret"],
        ['{"so urce": {}}', "letters, digits and hyphens"],
    ];
    for (const [text, says] of settings) {
        it(`refuses the setting ${text} without showing a value`, () => {
            const error = problem("source", {}, { "azure-dataplane:profiles": text });
            expect(error.code).to.equal("CredentialInvalid");
            expect(error.message).to.contain(says).and.to.contain("azure-dataplane:profiles");
            expect(error.message).not.to.contain("s3cr3t-value");
        });
    }

    it("is described without its secrets", () => {
        const environment = principal("AZURE_SOURCE_", "x");
        expect(describeCredential(choose("source", environment))).to.equal(
            "service principal x-client of tenant x-tenant with a secret (AZURE_SOURCE_CLIENT_ID)",
        );
        for (const [, env, config] of kinds) {
            const text = describeCredential(choose("source", env, config));
            expect(text).to.match(/\(.+\)$/);
            expect(text).not.to.contain("-secret");
        }
    });
});

describe("profiles", () => {
    const settings = { get: () => undefined };

    it("share a credential where they are the same caller, and only then", async () => {
        const environment = { ...principal("AZURE_", "shared"), ...principal("AZURE_OTHER_", "other") };
        const [source, target, other] = await Promise.all([
            resolveProfile({ name: "source", side: "source", settings, environment }),
            resolveProfile({ name: "target", side: "target", settings, environment }),
            resolveProfile({ name: "other", side: "target", settings, environment }),
        ]);
        expect(source.credential).to.equal(target.credential);
        expect(source.key).to.equal(target.key);
        expect(other.credential).not.to.equal(source.credential);
        expect(source).to.deep.include({
            name: "source",
            tenantId: "shared-tenant",
            clientId: "shared-client",
        });
        expect(source.cloud.name).to.equal("public");
        expect(source.key).not.to.contain("shared");
        expect(redact("it is shared-secret")).not.to.contain("shared-secret");
    });

    it("are made for every sort of credential", async () => {
        const sorts: readonly (readonly [Environment, RegExp])[] = [
            [{ AZURE_CLIENT_ID: "c" }, /^managed identity c/],
            [{}, /^default credential/],
            [
                { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_CLIENT_CERTIFICATE_PATH: "/p.pem" },
                /certificate/,
            ],
            [{ AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_FEDERATED_TOKEN_FILE: "/f" }, /OIDC token/],
            [{ AZURE_SOURCE_INTERACTIVE: "true" }, /^default credential/],
            [{ AZURE_CLIENT_ID: "c", AZURE_INTERACTIVE: "true" }, /^interactive/],
        ];
        for (const [environment, description] of sorts) {
            const profile = await resolveProfile({ name: "source", side: "source", settings, environment });
            expect(profile.description).to.match(description);
            expect(profile.credential).to.respondTo("getToken");
        }
    });

    it("fail with a clear error where the SDK refuses what was given, and try again next time", async () => {
        const environment = { ...principal("AZURE_", "x"), AZURE_TENANT_ID: "not a tenant!" };
        for (let time = 0; time < 2; time += 1) {
            const error: unknown = await resolveProfile({
                name: "source",
                side: "source",
                settings,
                environment,
            }).catch((reason: unknown) => reason);
            expect(error).to.be.instanceOf(DataplaneError);
            expect(error).to.have.nested.property("detail.side", "source");
        }
    });
});

describe("an OIDC token", () => {
    it("comes from a file as it is now", async () => {
        const folder = mkdtempSync(join(tmpdir(), "oidc-"));
        try {
            const path = join(folder, "token");
            for (const value of ["first-token", "second-token"]) {
                writeFileSync(path, `${value}\n`);
                expect(await readOidcToken({ from: "file", path })).to.equal(value);
                expect(redact(`it is ${value}`)).not.to.contain(value);
            }
        } finally {
            rmSync(folder, { recursive: true });
        }
        const error: unknown = await readOidcToken({ from: "file", path: folder }).catch(
            (reason: unknown) => reason,
        );
        expect(error).to.have.property("code", "CredentialInvalid");
        expect(error).to.have.property("message").that.contains(folder);
    });

    it("is asked of GitHub for Entra's audience", async () => {
        const service = new FakeService({ status: 200, body: { value: "a-fresh-token" } });
        const token = {
            from: "request",
            url: "https://github.example/token?id=1",
            bearer: "the-bearer",
        } as const;
        expect(await readOidcToken(token, service)).to.equal("a-fresh-token");
        const [sent] = service.sent;
        expect(sent?.url).to.equal(
            "https://github.example/token?id=1&audience=api%3A%2F%2FAzureADTokenExchange",
        );
        expect(sent?.headers.get("authorization")).to.equal("Bearer the-bearer");
        for (const answer of [
            { status: 403, body: {} },
            { status: 200, body: "<html>" },
            { status: 200, body: { value: 7 } },
        ]) {
            const error: unknown = await readOidcToken(token, new FakeService(answer)).catch(
                (reason: unknown) => reason,
            );
            expect(error).to.have.property("code", "CredentialInvalid");
            expect(String(error)).not.to.contain("the-bearer");
        }
    });

    it("given as it is, is that", async () => {
        expect(await readOidcToken({ from: "value", value: " a-given-token " })).to.equal("a-given-token");
    });
});

describe("the browser after everything else", () => {
    const token = { token: "t", expiresOnTimestamp: 0 };
    const failing = (name: string, message = "") => ({
        getToken: () => Promise.reject(Object.assign(new Error(message), { name })),
    });
    const second = { getToken: () => Promise.resolve(token) };

    it("is asked only where no credential is there", async () => {
        for (const name of ["CredentialUnavailableError", "AggregateAuthenticationError"]) {
            expect(await inTurn(failing(name), second).getToken("s")).to.equal(token);
        }
        for (const first of [
            failing("AuthenticationRequiredError"),
            failing("AggregateAuthenticationError", "AADSTS7000215"),
        ]) {
            const error: unknown = await inTurn(first, second)
                .getToken("s")
                .catch((reason: unknown) => reason);
            expect(error).to.be.instanceOf(Error);
        }
    });
});
