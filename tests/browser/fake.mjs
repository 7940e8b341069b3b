// The scripted station (fake_station.c) behind the real web server: started, ended, and scanned at from elsewhere.

import { spawn } from "node:child_process";
import { assert, out } from "./rig.mjs";

export async function openFake() {
  let server, port = 0;
  const fake = {
    /** @param {string} path */
    url: (path) => `http://127.0.0.1:${port}${path}`,
    /** On the port that it had. */
    async start() {
      server = spawn(`${out}/tests/fake_station`, [String(port)], { stdio: ["ignore", "pipe", "inherit"] });
      port = Number(String(await new Promise((resolve) => server.stdout.once("data", resolve))));
    },
    async stop() {
      if (server.exitCode !== null || server.signalCode)
        return;
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
    },
    /** @param {string} text */
    async scan(text) {
      const answer = await fetch(fake.url("/api/v1/stations/bench-1/scan"), {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text }) });
      assert(answer.ok, `${text}: ${answer.status}`);
    },
    async scans() {
      return (await (await fetch(fake.url("/api/v1/status"))).json()).scans;
    },
  };
  await fake.start();
  return fake;
}
