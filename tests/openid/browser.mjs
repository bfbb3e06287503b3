// Headless Chromium, driven by its own protocol: `node browser.mjs CHROMIUM FOLDER LANGUAGE SIGN-IN-ADDRESS [HOSTILE-PAGE]`.
// Visits the hostile page until it says that it is done, then signs in as aki. Prints what it saw as a line of JSON.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [chromium, folder, language, address, hostile] = process.argv.slice(2);
const browser = spawn(chromium, [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--no-proxy-server',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-port=0',
  `--user-data-dir=${folder}`, `--accept-lang=${language}`, 'about:blank',
], { stdio: ['ignore', 'ignore', 'pipe'] });
const deadline = Date.now() + 120_000;

const port = await new Promise((resolve, reject) => {
  createInterface(browser.stderr).on('line', (line) => {
    const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line);
    if (found) resolve(found[1]);
  });
  browser.on('exit', (code) => reject(new Error(`chromium ended with ${code}`)));
});
const [page] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()).filter(({ type }) => type === 'page');
const socket = new WebSocket(page.webSocketDebuggerUrl);
await new Promise((resolve) => socket.addEventListener('open', resolve));
const waiting = new Map();
socket.addEventListener('message', ({ data }) => {
  const reply = JSON.parse(data);
  waiting.get(reply.id)?.(reply);
});

function ask(method, params = {}) {
  const id = waiting.size + 1;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve) => waiting.set(id, resolve));
}

// What an expression is on the page there is; undefined while one page makes room for the next.
async function evaluate(expression) {
  const reply = await ask('Runtime.evaluate', { expression, returnByValue: true });
  return reply.result?.result?.value;
}

async function until(expression) {
  while (Date.now() < deadline) {
    const value = await evaluate(expression);
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never true: ${expression} on ${await evaluate('location.href + document.body.innerText')}`);
}

const seen = {};
if (hostile) {
  await ask('Page.navigate', { url: hostile });
  seen.attempts = await until('window.attempts');
}
await ask('Page.navigate', { url: address });
await until('document.querySelector("[name=login]") && document.readyState === "complete"');
await evaluate('document.querySelector("[name=login]").value = "aki"; document.querySelector("[name=password]").value = "x"; document.forms[0].requestSubmit(); 1');
await until('document.querySelector("[name=prompt][value=consent]") && document.readyState === "complete"');
await evaluate('document.forms[0].requestSubmit(); 1');
await until('location.pathname === "/callback" && document.readyState === "complete"');
Object.assign(seen, await evaluate(`({
  text: document.body.innerText, language: document.documentElement.lang, title: document.title,
  heading: getComputedStyle(document.querySelector("h1")).fontSize, scripts: document.scripts.length,
})`));
process.stdout.write(`${JSON.stringify(seen)}\n`);
const ended = new Promise((resolve) => browser.once('exit', resolve));
browser.removeAllListeners('exit').once('exit', () => process.exit(0));
browser.kill();
await ended;
