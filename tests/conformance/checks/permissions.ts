import { expect } from "chai";
import type { Side } from "../../../providers/core/contract.js";
import type { DataplaneError } from "../../../providers/core/errors.js";
import { isGranted } from "../../../providers/core/permissions/match.js";
import type { Bench } from "../bench.js";
import { counts, failsWith, replicates, succeeded, type Check } from "../check.js";
import { quickTiming } from "../quick-timing.js";

interface Action {
    readonly action: string;
    readonly kind: "action" | "dataAction";
}

export const permissionChecks: readonly Check[] = [
    {
        name: "the declared permissions are enough, each action of them",
        applies: replicates,
        run: async (bench) => {
            for (const place of [bench.source, bench.target]) {
                bench.revoke(place);
                grantAllBut(bench, place.side);
            }
            await exercise(bench);
        },
    },
    ...(["source", "target"] as const).map((side): Check => ({
        name: `without a role at the ${side} the error names it, the actions and the scope`,
        applies: replicates,
        run: async (bench) => {
            await bench.seed("source", bench.samples(1));
            const items = await bench.preview();
            const place = bench.place(side);
            bench.revoke(place);
            const result = await bench.replicate({ items });
            const [failure] = result.failures;
            expect(failure?.error.code).to.equal("AccessDenied");
            expect(failure?.error.detail.side).to.equal(side);
            for (const { role, actions, dataActions } of bench.permissions(side)) {
                names(failure?.error, [role.name, place.id, ...actions, ...dataActions]);
            }
            expect(await bench.target.items.names()).to.deep.equal([]);
        },
    })),
    ...(["source", "target"] as const).map((side): Check => ({
        name: `each permission at the ${side} is needed, and its want is named`,
        applies: replicates,
        run: async (bench) => {
            const place = bench.place(side);
            const unneeded: string[] = [];
            for (const missing of actionsOf(bench, side)) {
                bench.revoke(place);
                grantAllBut(bench, side, missing);
                const denied = await denialIn(bench);
                if (denied === undefined) unneeded.push(missing.action);
                else {
                    names(denied, [missing.action, place.id]);
                    expect(denied.detail.side).to.equal(side);
                }
                bench.copied = {};
            }
            expect(unneeded, "declared and not needed").to.deep.equal([]);
        },
    })),
    {
        name: "a store that is denied tells the role to assign",
        run: async (bench) => {
            const store = await bench.open("target");
            bench.revoke(bench.target);
            const error = await failsWith("AccessDenied", () => store.find(bench.fixture.sample(0).name));
            names(error, [bench.target.id]);
            expect(error.detail.remedy).to.include("az role assignment create");
        },
    },
    {
        name: "a role at the target that acts late is waited for",
        applies: replicates,
        run: async (bench) => {
            const samples = bench.samples(2);
            await bench.seed("source", samples);
            bench.revoke(bench.target);
            for (const { role } of bench.permissions("target")) bench.grant(bench.target, role.name, 60_000);
            const timing = quickTiming((milliseconds) => {
                bench.azure.clock.advance(milliseconds);
            });
            const messages: string[] = [];
            const result = await bench.replicate({
                timing,
                accessTimeoutMilliseconds: 300_000,
                onProgress: ({ kind, message }) => {
                    if (kind === "waiting") messages.push(message);
                },
            });
            succeeded(result);
            expect(counts(result)).to.deep.equal({ created: 2 });
            expect(timing.slept()).to.be.at.least(55_000);
            expect(messages[0]).to.include(bench.permissions("target")[0]?.role.name);
        },
    },
    {
        name: "a role that never comes is waited for only so long",
        applies: replicates,
        run: async (bench) => {
            await bench.seed("source", bench.samples(2));
            const items = await bench.preview();
            bench.revoke(bench.target);
            const timing = quickTiming();
            const result = await bench.replicate({ items, timing, accessTimeoutMilliseconds: 300_000 });
            expect(result.failures[0]?.error.code).to.equal("AccessDenied");
            expect(timing.slept()).to.be.within(290_000, 340_000);
        },
    },
    {
        name: "a role at the source is not waited for",
        applies: replicates,
        run: async (bench) => {
            await bench.seed("source", bench.samples(1));
            const items = await bench.preview();
            bench.revoke(bench.source);
            const timing = quickTiming();
            const result = await bench.replicate({ items, timing, accessTimeoutMilliseconds: 300_000 });
            expect(result.failures[0]?.error.code).to.equal("AccessDenied");
            expect(timing.slept()).to.be.below(2_000);
        },
    },
];

function actionsOf(bench: Bench, side: Side): Action[] {
    const all = bench
        .permissions(side)
        .flatMap(({ actions, dataActions }) => [
            ...actions.map((action): Action => ({ action, kind: "action" })),
            ...dataActions.map((action): Action => ({ action, kind: "dataAction" })),
        ]);
    return [...new Map(all.map((entry) => [entry.action, entry])).values()];
}

function grantAllBut(bench: Bench, side: Side, missing?: Action): void {
    const rest = actionsOf(bench, side).filter(({ action }) => action !== missing?.action);
    const of = (kind: Action["kind"]): string[] =>
        rest.filter((entry) => entry.kind === kind).map(({ action }) => action);
    const granted = {
        actions: of("action"),
        notActions: [],
        dataActions: of("dataAction"),
        notDataActions: [],
    };
    if (missing !== undefined) expect(isGranted([granted], missing.action, missing.kind)).to.equal(false);
    bench.grantActions(bench.place(side), granted.actions, granted.dataActions);
}

/**
 * Everything that a replica may have to do: create, adopt, update content and properties, take a marker over, bring a
 * removed item back, prune.
 */
async function exercise(bench: Bench): Promise<void> {
    for (const step of stepsOf(bench)) {
        const result = await step();
        succeeded(result);
    }
}

/** The first denial on the way, or undefined where all goes well. */
async function denialIn(bench: Bench): Promise<DataplaneError | undefined> {
    try {
        for (const step of stepsOf(bench)) {
            const result = await step();
            const denied = result.failures.find(({ error }) => error.code === "AccessDenied");
            if (denied !== undefined) return denied.error;
        }
        return undefined;
    } finally {
        await clear(bench);
    }
}

function stepsOf(bench: Bench) {
    const { fixture, element } = bench;
    const [first, second, third] = bench.samples(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("no samples");
    const owner = element.features.marker ? { owner: "replica" } : {};
    let items: Record<string, string> = {};
    const run = async (change = {}) => bench.replicate({ items, prune: true, ...owner, ...change });
    const seed = async (side: Side, ...samples: Parameters<Bench["seed"]>[1]) => {
        bench.tick();
        await bench.seed(side, samples);
    };
    return [
        async () => {
            await seed("source", first, second);
            await seed("target", second);
            items = Object.fromEntries([first, second, third].map(({ name }) => [name, "1"]));
            return run();
        },
        async () => {
            await seed("source", fixture.changed(first, "properties"));
            return run();
        },
        async () => {
            if (first.content !== undefined) await seed("source", fixture.changed(first, "content"));
            return run();
        },
        async () => run({ ...(element.features.marker ? { owner: "another" } : {}) }),
        async () => {
            await bench.source.items.remove(first.name);
            return run();
        },
        async () => {
            await seed("source", first);
            return run();
        },
    ];
}

async function clear(bench: Bench): Promise<void> {
    for (const { items } of [bench.source, bench.target]) {
        for (const name of await items.names()) {
            if (name.includes("/") || !["docs", "photos", "photos-old"].includes(name))
                await items.remove(name);
        }
    }
}

/** The error or its remedy names all of it. */
function names(error: DataplaneError | undefined, parts: readonly string[]): void {
    const text = `${error?.message ?? ""}\n${error?.detail.remedy ?? ""}`;
    for (const part of parts) expect(text).to.include(part);
}
