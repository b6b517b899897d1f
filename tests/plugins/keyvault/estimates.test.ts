import { expect } from "chai";
import type { Side } from "../../../providers/core/contract.js";
import { pricesFor } from "../../../providers/core/estimate/prices.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { openStore } from "../../../providers/core/open.js";
import { findElement } from "../../../providers/core/registry.js";
import { planPreview } from "../../../providers/core/replication/plan.js";
import { replicate } from "../../../providers/core/replication/replicate.js";
import type { ItemsByName } from "../../../providers/core/replication/types.js";
import { CountedTime } from "./counted-time.js";
import { SecretVaults } from "./secrets-world.js";
import { VaultWorld } from "./vault-world.js";

/** A window of the limit on writes, and a third. */
const secrets = 400;
/** Milliseconds that a request takes, by chance. */
const latency = { from: 20, to: 80 };

const isNear = (estimated: number | undefined, actual: number): void => {
    expect(estimated).to.be.within(actual * 0.8, actual * 1.2);
};

describe("an estimate for a vault under its limits", () => {
    let world: VaultWorld;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());

    it("is within a fifth of what the copy takes, in seconds, requests and money", async () => {
        const { from, to, source, target } = new SecretVaults(world, "apart");
        await Promise.all(
            Array.from({ length: secrets }, (_, index) =>
                source.setSecret(`secret-${String(index)}`, "value"),
            ),
        );
        await target.setSecret("secret-0", "another value");
        const { settings } = world.azure.keyVault;
        settings.throttling = "fixed";
        const time = new CountedTime((milliseconds) => {
            world.azure.clock.advance(milliseconds);
        });
        try {
            const entry = findElement("keyvault/secrets");
            const client = time.client(latency);
            const pacer = new Pacer();
            const open = (side: Side) => {
                const vault = side === "source" ? from : to;
                const { tenantId, clientId, secrets: keys } = vault.replicator;
                const profiles = { [side]: { tenantId, clientId, clientSecret: keys[0]?.value } };
                return openStore({
                    ...entry,
                    reference: vault.id,
                    side,
                    mode: "replication",
                    profileName: side,
                    settings: {
                        get: (key) =>
                            key === "azure-dataplane:profiles" ? JSON.stringify(profiles) : undefined,
                    },
                    environment: {},
                    http: { timing: time.timing, pacer, baseClient: client },
                });
            };
            const planned = { source: await open("source"), target: await open("target") };
            const items: ItemsByName = {};
            const { estimate } = await planPreview({
                element: entry.element,
                mode: "replication",
                selection: {},
                source: (async function* () {
                    for await (const item of planned.source.store.list()) {
                        items[item.name] = item.version;
                        yield item;
                    }
                })(),
                target: planned.target.store.list(),
                prices: pricesFor(entry.plugin, { get: () => undefined }),
                places: { source: "westeurope", target: "northeurope" },
            });
            const opened = { source: await open("source"), target: await open("target") };
            const began = time.now;
            const result = await replicate(
                {
                    element: entry.element,
                    source: opened.source.store,
                    target: opened.target.store,
                    mode: "replication",
                    detail: "items",
                    selection: {},
                    items,
                    copied: {},
                    onConflict: "overwrite",
                    prune: false,
                    accessTimeoutMilliseconds: 0,
                    signal: new AbortController().signal,
                },
                { now: () => time.now, sleep: (milliseconds, signal) => time.sleep(milliseconds, [signal]) },
            );
            expect(result.failures).to.deep.equal([]);
            const requests = opened.source.meter.total.requests + opened.target.meter.total.requests;
            const seconds = (time.now - began) / 1_000;
            expect(seconds, "the limits hold").to.be.greaterThan(10);
            isNear(estimate.seconds, seconds);
            isNear(estimate.requests, requests);
            isNear(estimate.money?.amount, (requests / 10_000) * 0.03);
        } finally {
            time.stop();
            settings.throttling = "off";
        }
    });
});
