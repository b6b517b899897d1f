import { expect } from "chai";
import type { Item } from "../../../../providers/core/contract.js";
import { isDataplaneError } from "../../../../providers/core/errors.js";
import { statusOf } from "../../../../providers/core/rest-error.js";
import { sharePermissions } from "../../../../providers/storage/files/permissions.js";
import { failure, give } from "../../../emulator-services/local.js";
import { filesOf } from "../../../emulator-services/shares.js";
import { itemsOf } from "../../helpers.js";
import { Accounts, type Pair } from "../accounts.js";

interface Action {
    readonly action: string;
    readonly kind: "actions" | "dataActions";
}

/** What the docs name at the target, one by one. */
const atTarget: readonly Action[] = sharePermissions.target.flatMap(({ actions, dataActions }) => [
    ...actions.map((action): Action => ({ action, kind: "actions" })),
    ...dataActions.map((action): Action => ({ action, kind: "dataActions" })),
]);

describe("shares", () => {
    let accounts: Accounts;
    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());

    /** A pair whose source has one share, and whose reader may read it. */
    async function begin(): Promise<{ pair: Pair; item: Item }> {
        const { cast } = accounts;
        const pair = accounts.pair();
        give(cast, cast.producer, "Storage Account Contributor", pair.ids.source);
        give(cast, cast.reader, "Reader", pair.ids.source);
        const share = filesOf(pair.fileHost("source").split(".")[0] ?? "", cast.producer).getShareClient(
            "box",
        );
        await share.create({ quota: 7 });
        await share.setAccessPolicy([
            {
                id: "readers",
                accessPolicy: { startsOn: new Date(0), expiresOn: new Date(1e12), permissions: "rl" },
            },
        ]);
        const source = await pair.open<null>("shares", "source", { as: cast.reader });
        const [item] = await itemsOf(source.list());
        if (item === undefined) throw new Error("the source lists nothing");
        return { pair, item };
    }

    let roles = 0;

    /** All that a replica may have to do, by somebody who has these rights alone. */
    async function exercise(granted: readonly Action[]): Promise<void> {
        const { pair, item } = await begin();
        const id = `50000000-0000-4000-8000-${String(++roles).padStart(12, "0")}`;
        const of = (kind: Action["kind"]) =>
            granted.filter((one) => one.kind === kind).map(({ action }) => action);
        accounts.cast.azure.roles.define({
            id,
            name: `shares ${id}`,
            description: "",
            assignableScopes: ["/"],
            permissions: [
                {
                    actions: of("actions"),
                    notActions: [],
                    dataActions: of("dataActions"),
                    notDataActions: [],
                },
            ],
        });
        const target = await pair.open<null>("shares", "target", { as: pair.writer(id) });
        expect(await itemsOf(target.list())).to.deep.equal([]);
        const made = await target.put(item, null, { owner: "replica" });
        const larger = { ...item, properties: { ...item.properties, quota: 9 } };
        const changed = await target.putProperties?.(larger, { existing: made, owner: "replica" });
        expect(changed?.properties).to.deep.equal(larger.properties);
        const marked = await target.mark?.(changed ?? made, "another");
        await target.remove(item.name, marked === undefined ? {} : { expected: marked });
        expect(await target.find(item.name)).to.equal(undefined);
    }

    it("take no more than the rights that are declared", () => exercise(atTarget));

    for (const missing of atTarget) {
        it(`need ${missing.action} at the target`, async () => {
            const without = exercise(atTarget.filter((one) => one !== missing));
            expect((await failure(without))?.status).to.equal(403);
        });
    }

    it("need Reader at the source", async () => {
        const { pair } = await begin();
        const source = await pair.open<null>("shares", "source", { as: accounts.cast.deployer });
        const error: unknown = await itemsOf(source.list()).catch((thrown: unknown) => thrown);
        expect(statusOf(error)).to.be.oneOf([401, 403]);
    });

    it("whose name is still taken are an error that says to wait, and are made again after that", async () => {
        const { pair, item } = await begin();
        const { cast } = accounts;
        give(cast, cast.deployer, "Storage Account Contributor", pair.ids.target);
        give(cast, cast.deployer, "Storage File Data Privileged Reader", pair.ids.target);
        const target = await pair.open<null>("shares", "target");
        await target.put(item, null, {});
        await target.remove(item.name, {});
        const error: unknown = await target.put(item, null, {}).catch((thrown: unknown) => thrown);
        expect(isDataplaneError(error, "InvalidItem")).to.equal(true);
        expect(String(error)).to.include('the share "box" was deleted at the target a moment ago');
        if (isDataplaneError(error)) expect(error.detail.remedy).to.include("Run again in a minute");
        cast.azure.clock.advance(31_000);
        expect((await target.put(item, null, {})).properties).to.deep.equal(item.properties);
    });
});
