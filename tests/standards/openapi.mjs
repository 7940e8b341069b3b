// OpenAPI's own schema finds no fault with docs/openapi-head-office.yaml, nor with the appliance's. Whether it is what the program
// does, tests/unit/test_office_docs.py looks at.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { check, done } from "./check.mjs";

// Every "#/..." of the document leads somewhere.
function* references(value, path = "") {
  if (value === null || typeof value !== "object") return;
  if (typeof value.$ref === "string") yield [path, value.$ref];
  for (const [name, one] of Object.entries(value)) yield* references(one, `${path}/${name}`);
}

function leads(document, reference) {
  return reference.split("/").slice(1).reduce((at, name) => at?.[name.replaceAll("~1", "/")], document) !== undefined;
}

for (const name of ["openapi-head-office.yaml", "openapi.yaml"]) {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(readFileSync(`../../docs/${name}`, "utf8"));
  const faults = valid ? [] : [errors].flat().map((one) => (one.message ? `${one.instancePath}: ${one.message}` : String(one)));
  check(`${name} is OpenAPI ${validator.version}`, validator.version === "3.1" ? faults : [...faults, "it must be 3.1"]);
  const document = validator.specification ?? {};
  const every = [...references(document)];
  const lost = every.filter(([, to]) => !leads(document, to)).map(([path, to]) => `${path}: there is no ${to}`);
  check(`the ${every.length} references of ${name} lead somewhere`, every.length > 20 ? lost : ["there are too few"]);
}

const broken = readFileSync("../../docs/openapi-head-office.yaml", "utf8").replace("responses:", "replies:");
check("a fault would be noticed", (await new Validator().validate(broken)).valid ? ["it was not"] : []);
done();
