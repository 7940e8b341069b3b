// Reads the pictures of bar codes that tests/unit/test_symbol.c draws with a decoder that is not ours: every symbology,
// turned all four ways. Prints TAP. Does not judge labels: judge.mjs does.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readWithZxing } from "./decoders.mjs";

const root = resolve(import.meta.dirname, "../..");
const out = resolve(root, process.env.OUT ?? "build");
const symbols = join(out, "symbols");

// Draws them anew, so that no old picture is judged.
execFileSync(join(out, "tests/test_symbol"), { cwd: root, env: { ...process.env, OUT: out }, stdio: "ignore" });
const expected = Object.entries(JSON.parse(readFileSync(join(symbols, "expected.json"), "utf8")));
let failed = 0;
for (const [index, [name, text]] of expected.entries()) {
    const read = (await readWithZxing(readFileSync(join(symbols, name)))).join(" and ");
    if (read !== text) failed++;
    console.log(`${read === text ? "ok" : "not ok"} ${index + 1} - ${name}: ${text}`);
    if (read !== text) console.log(`#   read: ${read || "nothing"}`);
}
console.log(`1..${expected.length}`);
process.exit(failed > 0 ? 1 : 0);
