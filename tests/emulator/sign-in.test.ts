import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { ClientAssertionCredential, ClientSecretCredential } from "@azure/identity";
import { expect } from "chai";
import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from "jose";
import type { LocalAzure } from "../../emulator/local-azure.js";
import { arm, armError, credentialOf, failure, secretOf, startAzure } from "./support.js";

describe("local azure: sign-in", () => {
    let azure: LocalAzure;
    const scope = "https://vault.azure.net/.default";

    before(async () => {
        azure = await startAzure();
    });
    after(() => azure.stop());

    it("gives a service principal a token in the shape of Entra's, signed with the published key", async () => {
        const { deployer } = azure.principals.production;
        const { token, expiresOnTimestamp } = await credentialOf(deployer).getToken(scope);
        expect(decodeJwt(token)).to.include({
            aud: "https://vault.azure.net",
            iss: `https://sts.windows.net/${deployer.tenantId}/`,
            oid: deployer.objectId,
            appid: deployer.clientId,
            tid: deployer.tenantId,
        });
        expect(expiresOnTimestamp).to.be.greaterThan(Date.now());
        const metadata = await fetch(
            `https://login.microsoftonline.com/${deployer.tenantId}/v2.0/.well-known/openid-configuration`,
        );
        const { jwks_uri } = (await metadata.json()) as { jwks_uri: string };
        await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)));
    });

    it("accepts a tenant's domain, and the older endpoint with a resource", async () => {
        const { deployer } = azure.principals.production;
        const response = await fetch(
            `https://login.microsoftonline.com/${azure.tenants.production.domain}/oauth2/token`,
            {
                method: "POST",
                body: new URLSearchParams({
                    grant_type: "client_credentials",
                    client_id: deployer.clientId,
                    client_secret: secretOf(deployer),
                    resource: "https://management.azure.com/",
                }),
            },
        );
        expect(await response.json()).to.include({
            token_type: "Bearer",
            resource: "https://management.azure.com/",
            expires_in: "3599",
        });
    });

    it("refuses a wrong secret, an unknown client and an unknown tenant with Entra's codes", async () => {
        const { deployer } = azure.principals.production;
        const { tenantId, clientId } = deployer;
        const cases = [
            [tenantId, clientId, "wrong", "AADSTS7000215"],
            [tenantId, "99999999-0000-4000-8000-000000000000", "x", "AADSTS700016"],
            ["99999999-0000-4000-8000-000000000000", clientId, "x", "AADSTS90002"],
            // A principal of the other tenant is unknown in this one.
            [azure.tenants.staging.id, clientId, secretOf(deployer), "AADSTS700016"],
        ] as const;
        for (const [tenant, client, secret, code] of cases) {
            const error = await failure(new ClientSecretCredential(tenant, client, secret).getToken(scope));
            expect(error.message, code).to.contain(code);
            expect(error.message).not.to.contain(secretOf(deployer));
        }
    });

    it("refuses an expired secret, an unknown resource and other grants", async () => {
        const { deployer } = azure.principals.production;
        azure.entra.addPrincipal({
            ...deployer,
            clientId: "10000000-0000-4000-8000-0000000000ee",
            secrets: [{ value: "old", expiresAt: azure.clock.now() - 1 }],
        });
        const expired = new ClientSecretCredential(
            deployer.tenantId,
            "10000000-0000-4000-8000-0000000000ee",
            "old",
        );
        expect((await failure(expired.getToken(scope))).message).to.contain("AADSTS7000222");
        const unknown = credentialOf(deployer).getToken("https://example.org/.default");
        expect((await failure(unknown)).message).to.contain("AADSTS500011");
        const refused = async (fields: Record<string, string>): Promise<unknown> => {
            const url = `https://login.microsoftonline.com/${deployer.tenantId}/oauth2/v2.0/token`;
            const body = new URLSearchParams({ client_id: deployer.clientId, ...fields });
            const response = await fetch(url, { method: "POST", body });
            return ((await response.json()) as { error: string }).error;
        };
        expect(await refused({ grant_type: "nonsense", scope })).to.equal("unsupported_grant_type");
        expect(await refused({ grant_type: "password", scope })).to.equal("invalid_client");
        expect(await refused({ scope })).to.equal("invalid_request");
        expect(await refused({ grant_type: "client_credentials", scope })).to.equal("invalid_client");
    });

    it("accepts an assertion that is signed with a registered key, and no other", async () => {
        const { deployer } = azure.principals.production;
        const issuer = "https://token.actions.example.org";
        const subject = "repo:contoso/app";
        const [trusted, other] = [newKey(), newKey()];
        azure.entra.addPrincipal({
            ...deployer,
            clientId: "10000000-0000-4000-8000-0000000000ff",
            assertionKeys: [
                {
                    issuer,
                    subject,
                    audience: "api://AzureADTokenExchange",
                    publicKey: trusted.publicKey.export({ type: "spki", format: "pem" }).toString(),
                },
            ],
        });
        const credential = (key: KeyObject): ClientAssertionCredential =>
            new ClientAssertionCredential(deployer.tenantId, "10000000-0000-4000-8000-0000000000ff", () =>
                new SignJWT()
                    .setProtectedHeader({ alg: "RS256" })
                    .setIssuer(issuer)
                    .setSubject(subject)
                    .setAudience("api://AzureADTokenExchange")
                    .setExpirationTime("5m")
                    .sign(key),
            );
        expect((await credential(trusted.privateKey).getToken(scope)).token).not.to.equal("");
        expect((await failure(credential(other.privateKey).getToken(scope))).message).to.contain(
            "AADSTS700027",
        );
    });

    it("refuses a token for another audience, tenant or of nobody's making", async () => {
        const { deployer } = azure.principals.production;
        const path = `/subscriptions/${azure.tenants.production.subscription.id}?api-version=2022-12-01`;
        const ask = async (token: string | undefined): Promise<string> => {
            const response = await fetch(`https://management.azure.com${path}`, {
                headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
            });
            expect(response.status).to.equal(401);
            expect(response.headers.get("www-authenticate")).to.match(/^Bearer authorization_uri=/);
            return armError((await response.json()) as Record<string, unknown>).code;
        };
        expect(await ask(undefined)).to.equal("AuthenticationFailed");
        expect(await ask("nonsense")).to.equal("InvalidAuthenticationToken");
        const { token } = await credentialOf(deployer).getToken(scope);
        expect(await ask(token)).to.equal("InvalidAuthenticationTokenAudience");
        const forged = await new SignJWT({ oid: deployer.objectId, tid: deployer.tenantId, appid: "x" })
            .setProtectedHeader({ alg: "RS256" })
            .setIssuer(`https://sts.windows.net/${deployer.tenantId}/`)
            .setAudience("https://management.azure.com")
            .setExpirationTime("5m")
            .sign(newKey().privateKey);
        expect(await ask(forged)).to.equal("InvalidAuthenticationToken");
        const foreign = await arm(azure.principals.staging.deployer, "GET", path);
        expect(foreign.status).to.equal(401);
        expect(armError(foreign.body).code).to.equal("InvalidAuthenticationTokenTenant");
    });
});

describe("local azure: expiry", () => {
    it("lets tokens expire by its own clock, after the time that was asked for", async () => {
        await using azure = await startAzure({ accessTokenLifetimeSeconds: 60 });
        const { deployer } = azure.principals.production;
        const { token } = await credentialOf(deployer).getToken("https://management.azure.com/.default");
        const ask = (): Promise<Response> =>
            fetch("https://management.azure.com/subscriptions?api-version=2022-12-01", {
                headers: { authorization: `Bearer ${token}` },
            });
        expect((await ask()).status).to.equal(200);
        azure.clock.advance(61_000);
        const late = await ask();
        expect(late.status).to.equal(401);
        expect(await late.text()).to.contain("ExpiredAuthenticationToken");
    });
});

function newKey(): { publicKey: KeyObject; privateKey: KeyObject } {
    return generateKeyPairSync("rsa", { modulusLength: 2048 });
}
