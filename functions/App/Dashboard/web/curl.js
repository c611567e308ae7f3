// Calls as commands for a shell.
import { credential, urlOf } from './api.js';
import { quote } from './calls.js';

/** The key is named, not shown. @param {import('./api.js').Call} call */
export function curlOf(call) {
  const words = ['curl -sS'];
  if (call.method !== 'GET' && !(call.method === 'POST' && (call.json !== undefined || call.body !== undefined)))
    words.push(`-X ${call.method}`);
  words.push(quote(urlOf(call)));
  if (credential.value) words.push('-H "Authorization: Bearer $FUNCQUEUE_KEY"');
  for (const [name, value] of Object.entries(call.headers ?? {})) words.push(`-H ${quote(`${name}: ${value}`)}`);
  if (call.json !== undefined)
    words.push(`-H 'Content-Type: application/json'`, `--data-raw ${quote(JSON.stringify(call.json))}`);
  else if (typeof call.body === 'string') words.push(`--data-raw ${quote(call.body)}`);
  return words.join(' ');
}
