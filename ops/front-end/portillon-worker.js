// Solves a challenge of Portillon's: ALTCHA's proof of work, version 2, by WebCrypto's PBKDF2.
// As a worker it is sent a challenge and answers {payload} or {error}; a page of another origin,
// which may not start it, imports `solve`.

export async function solve({parameters, signature}, signal) {
  const {algorithm, nonce, salt, cost, keyLength, keyPrefix} = parameters;
  if (algorithm !== 'PBKDF2/SHA-256') throw new Error('unknown algorithm ' + algorithm);
  if (!globalThis.crypto?.subtle) throw new Error('WebCrypto needs a secure context (https)');
  const start = bytes(nonce);
  const sought = bytes(keyPrefix);
  const derivation = {name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: cost};
  let next = 0;
  let solution;
  const search = async () => {
    while (!solution) {
      signal?.throwIfAborted();
      const counter = next++;
      if (counter > 0xffffffff) throw new Error('there is no solution');
      const password = new Uint8Array(start.length + 4);
      password.set(start);
      new DataView(password.buffer).setUint32(start.length, counter);
      const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
      const derived = new Uint8Array(
        await crypto.subtle.deriveBits(derivation, key, 8 * keyLength));
      if (sought.every((byte, index) => byte === derived[index])) {
        solution = {counter, derivedKey: hexadecimal(derived)};
      }
    }
  };
  // As many at a time as there are cores: each derivation is on a thread of the browser's own.
  const cores = Math.min(navigator.hardwareConcurrency || 2, 8);
  await Promise.all(Array.from({length: cores}, search));
  return {challenge: {parameters, signature}, solution};
}

const bytes = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
const hexadecimal = array => Array.from(array, byte => byte.toString(16).padStart(2, '0')).join('');

if (typeof WorkerGlobalScope !== 'undefined' && self instanceof WorkerGlobalScope) {
  self.onmessage = async ({data}) => {
    try {
      postMessage({payload: await solve(data)});
    } catch (error) {
      postMessage({error: String(error)});
    }
  };
}
