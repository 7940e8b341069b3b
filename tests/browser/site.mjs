// A real floorhandd for the pages' tests, on a site as one of the floor's scripts (tests/floor) leaves it before its first
// scan. Has no devices and no head office.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, out, root } from "./rig.mjs";

const stations = ["bench-1", "bench-2", "bench-3", "bench-4"];

function configuration(folder, port, signIn) {
  return `[site]\nid = hz-07\nbox = box-1\ndatabase = ${folder}/site.db\nlink_socket = ${folder}/link.sock\n`
    + `sign_in = ${signIn}\ntool_key = ${folder}/tool.key\n`
    + `address = 127.0.0.1\nport = ${port}\npictures = ${folder}\n\n`
    + stations.map((id) => `[station ${id}]\nname = ${id.replace("bench-", "Bench ")}\n\n`).join("");
}

/** Waits for the line in which the daemon says where its page is. */
function portOf(daemon) {
  return new Promise((resolve, reject) => {
    let log = "";
    daemon.stderr.on("data", (bytes) => {
      log += bytes;
      const found = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(log);
      if (found)
        resolve(Number(found[1]));
    });
    daemon.once("exit", () => reject(new Error(`floorhandd ended: ${log}`)));
  });
}

/** @param {string} script  a name in tests/floor, without its ending @param {string} [signIn]  required or open */
export async function openSite(script, signIn = "open") {
  const folder = mkdtempSync(join(tmpdir(), "floorhand-page-"));
  const path = `tests/floor/${script}.script`;
  const first = Number(execFileSync(`${out}/tests/test_scripts`, ["--stage", `${folder}/site.db`, path],
    { cwd: root, encoding: "utf8" }));
  let daemon, port = 0;
  const site = {
    folder,
    /** The script from its first scan on. */
    lines: readFileSync(`${root}${path}`, "utf8").split("\n").slice(first - 1),
    url: (address) => `http://127.0.0.1:${port}${address}`,
    async start() {
      writeFileSync(`${folder}/floorhandd.ini`, configuration(folder, port, signIn));
      daemon = spawn(`${out}/floorhandd`, ["--config", `${folder}/floorhandd.ini`], { stdio: ["ignore", "ignore", "pipe"] });
      port = await portOf(daemon);
    },
    /** "SIGKILL": a power cut. */
    async stop(signal = "SIGTERM") {
      const ended = new Promise((resolve) => daemon.once("exit", resolve));
      daemon.kill(signal);
      await ended;
    },
    async close() {
      await site.stop();
      rmSync(folder, { recursive: true });
    },
    async post(address, body, type = "application/json") {
      const answer = await fetch(site.url(address), { method: "POST", headers: { "Content-Type": type }, body });
      assert(answer.ok, `${address}: ${await answer.text()}`);
    },
    scan: (station, text) => site.post(`/api/v1/stations/${station}/scan`, JSON.stringify({ text })),
  };
  await site.start();
  return site;
}
