import { execFile } from "node:child_process";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect } from "chai";
import { LocalAzure } from "../../emulator/local-azure.js";
import type { Service } from "../../emulator/contract.js";
import { arm, failure, startAzure } from "./support.js";

const run = promisify(execFile);

/** A service that echoes, to see what the front door itself does. */
const echo: Service = {
    name: "echo",
    hosts: /^echo\.azurewebsites\.net$/,
    isWrite: (method) => method !== "GET",
    handle: async (request) => {
        acted += 1;
        const text = (await request.body()).toString("utf8");
        const body = `${request.method} ${request.url.href} ${text}`;
        return { status: 200, headers: { "content-type": "text/plain" }, body };
    },
};
/** How many requests it has seen. */
let acted = 0;
const url = "https://echo.azurewebsites.net/a/b?c=d&sig=secret";

describe("local azure: front door", () => {
    let azure: LocalAzure;
    before(async () => {
        azure = await startAzure({ services: [() => Promise.resolve(echo)] });
    });
    after(() => azure.stop());
    beforeEach(() => {
        azure.requests.clear();
        azure.faults.clear();
        acted = 0;
    });

    it("gives production URLs to the service of their host, by fetch and by node:https alike", async () => {
        const response = await fetch(url, { method: "POST", body: "hello" });
        expect(await response.text()).to.equal(`POST ${url} hello`);
        expect(response.headers.get("x-ms-request-id")).to.match(/^[0-9a-f-]{36}$/);
        const message = await new Promise<IncomingMessage>((resolve, reject) => {
            get(url, resolve).on("error", reject);
        });
        expect(await text(message)).to.equal(`GET ${url} `);
    });

    it("answers 502 with a clear text for a host that nobody serves", async () => {
        const response = await fetch("https://nobody.azurewebsites.net/");
        expect(response.status).to.equal(502);
        expect(await response.text()).to.contain("no service for the host nobody.azurewebsites.net");
    });

    it("logs requests with caller and write, and no signature", async () => {
        await fetch(url);
        await fetch(url, { method: "PUT", body: "x" });
        const { deployer } = azure.principals.production;
        await arm(deployer, "GET", "/subscriptions?api-version=2022-12-01");
        const log = azure.requests.filter(({ service }) => service !== "entra");
        expect(
            log.map(({ method, status, write, service }) => ({ method, status, write, service })),
        ).to.deep.equal([
            { method: "GET", status: 200, write: false, service: "echo" },
            { method: "PUT", status: 200, write: true, service: "echo" },
            { method: "GET", status: 200, write: false, service: "arm" },
        ]);
        expect(log[0]?.path).to.equal("/a/b?c=d&sig=REDACTED");
        expect(log[2]?.principal).to.equal(deployer.objectId);
        expect(azure.requests.writes("echo.azurewebsites.net")).to.equal(1);
        expect(azure.requests.writes(/management/)).to.equal(0);
    });

    it("answers with a fault's status as often as it says, after those it lets through", async () => {
        const fault = azure.faults.add({
            host: /^echo\./,
            method: "GET",
            skip: 1,
            times: 2,
            kind: { type: "status", status: 429, retryAfterSeconds: 7 },
        });
        const statuses = [];
        for (let count = 0; count < 4; count += 1) statuses.push((await fetch(url)).status);
        expect(statuses).to.deep.equal([200, 429, 429, 200]);
        expect(fault.hits).to.equal(2);
        const other = azure.faults.add({ kind: { type: "status", status: 429, retryAfterSeconds: 7 } });
        const refused = await fetch(url);
        expect(refused.headers.get("retry-after")).to.equal("7");
        expect(await refused.json()).to.have.nested.property("error.code", "TooManyRequests");
        other.remove();
        expect((await fetch(url)).status).to.equal(200);
    });

    it("cuts a connection before the service acts, or after, and in the middle of the body", async () => {
        const post = (): Promise<Response> => fetch(url, { method: "POST", body: "x" });
        const before = azure.faults.add({ kind: { type: "cut", when: "before" } });
        await failure(post());
        expect(acted).to.equal(0);
        before.remove();
        const after = azure.faults.add({ kind: { type: "cut", when: "after" } });
        await failure(post());
        expect(acted).to.equal(1);
        expect(azure.requests.all().at(-1)?.status).to.equal(0);
        after.remove();
        azure.faults.add({ kind: { type: "truncate", bytes: 5 } });
        const response = await fetch(url);
        expect(response.status).to.equal(200);
        expect(Number(response.headers.get("content-length"))).to.be.greaterThan(5);
        await failure(response.text());
    });

    it("does not let one process use two of them", async () => {
        const other = await LocalAzure.start();
        try {
            expect(() => {
                other.useHere();
            }).to.throw("uses another local Azure");
        } finally {
            await other.stop();
        }
        expect((await fetch(url)).status).to.equal(200);
    });

    it("serves a child process that has nothing but the environment, and keeps its NODE_OPTIONS", async () => {
        const environment = azure.environment({ NODE_OPTIONS: "--no-deprecation" });
        expect(environment.NODE_OPTIONS).to.match(/^--no-deprecation --require "/);
        const program = `fetch(${JSON.stringify(url)}).then((r) => r.text()).then(console.log)`;
        const { stdout } = await run(process.execPath, ["-e", program], {
            env: { ...process.env, ...environment },
        });
        expect(stdout.trim()).to.equal(`GET ${url}`);
    });

    it("lets other processes see the log and switch faults", async () => {
        await fetch(url);
        const control = "https://local-azure.localhost";
        const log = (await (await fetch(`${control}/requests`)).json()) as { host: string }[];
        expect(log[0]?.host).to.equal("echo.azurewebsites.net");
        const fault = { host: "^echo", kind: { type: "status", status: 503 } };
        await fetch(`${control}/faults`, { method: "POST", body: JSON.stringify(fault) });
        expect((await fetch(url)).status).to.equal(503);
        await fetch(`${control}/faults`, { method: "DELETE" });
        expect((await fetch(url)).status).to.equal(200);
        const wrong = await fetch(`${control}/faults`, { method: "POST", body: '{"kind":{"type":"x"}}' });
        expect(wrong.status).to.equal(400);
    });
});
