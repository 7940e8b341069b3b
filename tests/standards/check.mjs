// Prints TAP: one line for each check, with its first faults.
let count = 0;
let failed = 0;

export function check(name, faults) {
  count++;
  failed += faults.length > 0;
  console.log(`${faults.length > 0 ? "not ok" : "ok"} ${count} - ${name}`);
  for (const fault of faults.slice(0, 10)) console.log(`#   ${fault}`);
}

export function done() {
  console.log(`1..${count}`);
  process.exit(failed ? 1 : 0);
}
