import { badInput } from "./replicas/bad-input.js";
import { blobsLife } from "./replicas/blobs.js";
import { examples } from "./replicas/examples.js";
import { firstUp } from "./replicas/first-up.js";
import { interruption } from "./replicas/interruption.js";
import { missingPermissions } from "./replicas/missing-permissions.js";
import { secretsLife } from "./replicas/secrets.js";
import { variants } from "./replicas/variants.js";
import { wholeVault } from "./replicas/whole-vault.js";
import { World } from "./replicas/world.js";

/** All on one local Azure, since starting it and its storage takes a while. */
describe("replicas on the real engine", () => {
    let world: World;
    before(async () => {
        world = await World.start();
    });
    after(() => world.stop());
    afterEach(() => {
        world.azure.faults.clear();
    });

    secretsLife(() => world);
    blobsLife(() => world);
    variants(() => world);
    wholeVault(() => world);
    firstUp(() => world);
    examples(() => world);
    badInput(() => world);
    missingPermissions(() => world);
    interruption(() => world);
});
