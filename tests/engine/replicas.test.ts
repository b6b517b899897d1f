import { secretsLife } from "./replicas/secrets.js";
import { World } from "./replicas/world.js";

/** All on one local Azure, since starting it and its storage takes a while. */
describe("replicas on the real engine", function () {
    this.timeout(180_000);
    let world: World;
    before(async () => {
        world = await World.start();
    });
    after(() => world.stop());

    secretsLife(() => world);
});
