// Whether every module of the pages keeps the types that its comments tell: TAP. The modules of ui/common import ask.js, names.js
// and tables.js, which each house has under those names: so they are checked once in every house, as the browser loads them.

import { readdirSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url)), root = resolve(here, "../..");
const houses = ["pages", "keeper", "supervisor", "office"];

/** Each is written behind a module for once, and must be found. @type {{house: string, module: string, wrong: string}[]} */
const wrongs = [
  { house: "office", module: "ui/office/home.js", wrong: "list(5);" },
  { house: "office", module: "ui/common/list.js", wrong: "hrefOfList({});" },
  { house: "supervisor", module: "ui/supervisor/settings.js", wrong: "doing('setting.set', { name: 'x' }, 'more');" },
  { house: "supervisor", module: "ui/common/acts.js", wrong: "act('order.close');" },
  { house: "pages", module: "ui/pages/station.js", wrong: "view.value.progress.done;" },
];

/** Parsed once, however many houses ask for it. @type {Map<string, ts.SourceFile | undefined>} */
const parsed = new Map();

/** @param {string} house @param {{file: string, more: string}} [changed]  what stands behind a file for once */
function programOf(house, changed) {
  const config = ts.getParsedCommandLineOfConfigFile(resolve(here, `${house}.json`), {}, { ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (fault) => { throw new Error(ts.flattenDiagnosticMessageText(fault.messageText, "\n")); } });
  const host = ts.createCompilerHost(config.options), parse = host.getSourceFile;
  host.getSourceFile = (path, ...how) => {
    if (changed && resolve(path) === changed.file)
      return ts.createSourceFile(path, `${ts.sys.readFile(path)}\n${changed.more}\n`, ts.ScriptTarget.ES2022, true);
    if (!parsed.has(path))
      parsed.set(path, parse(path, ...how));
    return parsed.get(path);
  };
  return ts.createProgram(config.fileNames, config.options, host);
}

/** @param {readonly ts.Diagnostic[]} faults */
const sentences = (faults) => ts.formatDiagnostics(faults, { getCurrentDirectory: () => root, getNewLine: () => "\n", getCanonicalFileName: (name) => name });

let number = 0, failed = 0;
function tell(good, name, more = "") {
  number += 1;
  failed ||= good ? 0 : 1;
  console.log(`${good ? "ok" : "not ok"} ${number} - ${name}${more ? `\n# ${more.trim().replaceAll("\n", "\n# ")}` : ""}`);
}

const checked = new Set();
for (const house of houses) {
  const program = programOf(house), faults = ts.getPreEmitDiagnostics(program);
  for (const file of program.getSourceFiles())
    checked.add(relative(root, file.fileName));
  tell(!faults.length, `the modules of ${house} keep their types`, sentences(faults));
}

const modules = ["common", "pages", "supervisor", "office"].flatMap((folder) =>
  readdirSync(resolve(root, "ui", folder)).filter((name) => name.endsWith(".js")).map((name) => `ui/${folder}/${name}`));
const missed = modules.filter((path) => !checked.has(path));
tell(!missed.length, `each of ${modules.length} modules is checked`, missed.join(" "));

for (const { house, module, wrong } of wrongs) {
  const program = programOf(house, { file: resolve(root, module), more: wrong });
  const faults = program.getSemanticDiagnostics(program.getSourceFile(resolve(root, module)));
  tell(faults.length > 0, `in ${module} a wrong call is found: ${wrong}`);
}
console.log(`1..${number}`);
process.exitCode = failed;
