// AsyncAPI's own parser reads docs/asyncapi.yaml and has nothing to say against it. Does not look at what the programs write.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const FILE = "../../docs/asyncapi.yaml";
const WORST_LET_PASS = 2; // information, such as that there is a newer AsyncAPI; 0 is an error, 1 a warning

let count = 0;
let failed = 0;

function check(name, faults) {
  count++;
  failed += faults.length > 0;
  console.log(`${faults.length > 0 ? "not ok" : "ok"} ${count} - ${name}`);
  for (const fault of faults.slice(0, 10)) console.log(`#   ${fault}`);
}

const { document, diagnostics } = await new Parser().parse(readFileSync(FILE, "utf8"), { source: FILE });
const faults = diagnostics.filter((one) => one.severity < WORST_LET_PASS);
check("the parser finds no fault", faults.map((one) => `${one.path.join(".")}: ${one.message}`));
check("it is AsyncAPI 3", document?.version().startsWith("3.") ? [] : ["no document came of it"]);

const channels = document?.allChannels().all() ?? [];
const empty = channels.filter((one) => one.messages().length === 0).map((one) => `${one.address()} has no messages`);
check(`${channels.length} channels have messages`, channels.length === 6 ? empty : [`there are ${channels.length}`]);

const messages = document?.allMessages().all() ?? [];
const bare = messages.filter((one) => !one.payload()?.allOf()?.[1]?.property("data")).map((one) => `${one.name()} has no data`);
check(`${messages.length} messages have a schema of their data`, messages.length > 150 ? bare : ["there are too few"]);

console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
