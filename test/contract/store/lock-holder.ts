/** Opens the embedded store in the given folder, tells its parent, and holds it until it is killed. */
import { systemClock } from "../../../src/clock.ts";
import { silentLog } from "../../../src/log.ts";
import { openStore } from "../../../src/store/open-store.ts";

const { store } = await openStore({ dataDir: process.argv[2] ?? "", clock: systemClock, log: silentLog });
await store.deliveries.record({ guid: "held", event: "ping", action: null, installation: null, outcome: "accepted" });
process.send?.("open");
