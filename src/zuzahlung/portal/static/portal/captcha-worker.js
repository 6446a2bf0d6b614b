// Solves one challenge: tries counters until PBKDF2 of nonce and counter begins with the wanted bytes.

const AT_ONCE = 4;

self.onmessage = async ({ data: parameters }) => {
  const started = performance.now();
  const nonce = bytes(parameters.nonce);
  const salt = bytes(parameters.salt);
  const wanted = parameters.keyPrefix.toLowerCase();
  for (let first = 0; ; first += AT_ONCE) {
    const counters = Array.from({ length: AT_ONCE }, (_, step) => first + step);
    const keys = await Promise.all(counters.map((counter) => derive(nonce, salt, counter, parameters)));
    const hit = keys.findIndex((key) => key.startsWith(wanted));
    if (hit < 0) continue;
    const time = Math.round(performance.now() - started);
    self.postMessage({ counter: counters[hit], derivedKey: keys[hit], time });
    return;
  }
};

async function derive(nonce, salt, counter, { cost, keyLength }) {
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const rule = { name: "PBKDF2", hash: "SHA-256", salt, iterations: cost };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(rule, key, keyLength * 8)));
}

function bytes(text) {
  return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

function hex(array) {
  return Array.from(array, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
