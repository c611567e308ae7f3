// Bodies: bytes that somebody else sent. They are shown as text nodes, whatever they say they are.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { open } from './api.js';
import { bytes as size, count, visible, visibleLines } from './format.js';
import { html } from './html.js';
import { Choice, Fault } from './parts.js';

/** So much of a body is loaded to be looked at; all of it only as a download. */
export const SHOWN = 64 * 1024;
const LINES = 256;
const TREE_PAGE = 200;

/** @param {string} base64 */
const fromBase64 = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/**
 * The first bytes of an answer; what comes behind them is not asked for any more.
 * @param {Response} response
 */
async function firstBytes(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const parts = [];
  let length = 0;
  while (length < SHOWN) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader.cancel();
  const all = new Uint8Array(Math.min(length, SHOWN));
  let at = 0;
  for (const part of parts) {
    const taken = part.subarray(0, all.length - at);
    all.set(taken, at);
    at += taken.length;
  }
  return all;
}

/** @typedef {{ bytes: Uint8Array, length: number }} Loaded */

/**
 * A message's body, as its JSON has it or from where it lies.
 * @param {any} message with body, bodyBase64 or bodyUrl
 * @param {import('./api.js').Call} call that opens the whole body
 * @param {AbortSignal} signal
 * @returns {Promise<Loaded>}
 */
async function load(message, call, signal) {
  const inline =
    message.body !== undefined ? new TextEncoder().encode(message.body) : message.bodyBase64 !== undefined ? fromBase64(message.bodyBase64) : null;
  if (inline) return { bytes: inline.subarray(0, SHOWN), length: inline.length };
  const response = await open(call, signal);
  if (!response.ok) throw new Error(response.status === 403 ? 'Your key may not see bodies.' : `The body cannot be had: status ${response.status}.`);
  const length = Number(response.headers.get('Content-Length') ?? 0);
  return { bytes: await firstBytes(response), length };
}

/** @param {Uint8Array} bytes @returns {string | null} null: it is no text */
export function decode(bytes, cutOff = false) {
  try {
    // A cut may go through a character.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cutOff });
  } catch {
    return null;
  }
}

/** @param {{ message: any, call: import('./api.js').Call, name: string }} props name of the file that is downloaded */
export function Body({ message, call, name }) {
  const [state, setState] = useState(/** @type {{ loaded?: Loaded, error?: any }} */ ({}));
  const [mode, setMode] = useState('');
  useEffect(() => {
    const turn = new AbortController();
    load(message, call, turn.signal)
      .then((loaded) => setState({ loaded }))
      .catch((error) => turn.signal.aborted || setState({ error }));
    return () => turn.abort();
  }, [message.messageId, message.offset]);
  const whole = state.loaded && state.loaded.bytes.length >= state.loaded.length;
  const text = useMemo(() => (state.loaded ? decode(state.loaded.bytes, !whole) : null), [state.loaded]);
  const json = useMemo(() => (text !== null && whole ? parse(text) : undefined), [text]);
  if (state.error) return html`<${Fault} error=${state.error} />`;
  if (!state.loaded) return html`<p class="loading">Loading the body …</p>`;
  const modes = /** @type {[string, string][]} */ ([
    ...(json === undefined ? [] : [['json', 'JSON']]),
    ...(text === null ? [] : [['text', 'Text']]),
    ['hex', 'Hex'],
  ]);
  const shown = mode || modes[0][0];
  return html`<section class="body" aria-label="Body">
    <div class="bar">
      <h3>Body</h3>
      <span class="dim">${size(state.loaded.length)}, <bdi>${visible(message.contentType ?? '')}</bdi></span>
      <span class="grow"></span>
      <${Choice} label="Show the body as" options=${modes} value=${shown} onChange=${setMode} />
      <${Download} message=${message} call=${call} name=${name} />
    </div>
    ${!whole && html`<p class="hint">The first ${size(state.loaded.bytes.length)} are shown. The download has all.</p>`}
    ${text === null && html`<p class="hint">It is no valid UTF-8.</p>`}
    ${state.loaded.length === 0 && html`<p class="hint">It is empty.</p>`}
    ${shown === 'text' && html`<pre class="content" tabindex="0" aria-label="Body as text"><bdi>${visibleLines(text ?? '')}</bdi></pre>`}
    ${shown === 'json' && html`<div class="content tree" tabindex="0" role="region" aria-label="Body as JSON"><${Tree} value=${json} open=${4} /></div>`}
    ${shown === 'hex' && html`<${Hex} bytes=${state.loaded.bytes} />`}
  </section>`;
}

/** @param {string} text */
function parse(text) {
  if (!/^\s*[[{"\d-]|^\s*(true|false|null)\s*$/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function Download({ message, call, name }) {
  const [error, setError] = useState('');
  const save = async () => {
    try {
      const inline = message.body !== undefined || message.bodyBase64 !== undefined;
      const blob = inline
        ? new Blob([message.body ?? fromBase64(message.bodyBase64)], { type: 'application/octet-stream' })
        : await (await open(call)).blob();
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      setError('');
    } catch (wrong) {
      setError(/** @type {Error} */ (wrong).message);
    }
  };
  return html`<button type="button" onClick=${save}>Download</button>${error && html`<span role="alert">${error}</span>`}`;
}

/** A value of JSON; what is folded is not there yet. @param {{ name?: string, value: any, open?: number }} props open: so many levels */
function Tree({ name, value, open: levels = 0 }) {
  const [isOpen, setOpen] = useState(levels > 0);
  const [most, setMost] = useState(TREE_PAGE);
  const label = name === undefined ? null : html`<bdi class="key">${visible(name)}</bdi>: `;
  if (value === null || typeof value !== 'object')
    return html`<div class="leaf">${label}<bdi class=${typeof value}>${typeof value === 'string' ? `"${visible(value)}"` : String(value)}</bdi></div>`;
  const entries = Array.isArray(value) ? value.map((v, i) => /** @type {[string, any]} */ ([String(i), v])) : Object.entries(value);
  return html`<details open=${isOpen} onToggle=${(/** @type {any} */ e) => setOpen(e.currentTarget.open)}>
    <summary>${label}<span class="dim">${Array.isArray(value) ? `[${count(entries.length)}]` : `{${count(entries.length)}}`}</span></summary>
    ${isOpen && entries.slice(0, most).map(([key, inner]) => html`<${Tree} key=${key} name=${key} value=${inner} open=${entries.length < 20 ? levels - 1 : 0} />`)}
    ${isOpen && entries.length > most && html`<button type="button" onClick=${() => setMost(most + TREE_PAGE)}>${count(entries.length - most)} more</button>`}
  </details>`;
}

/** @param {{ bytes: Uint8Array }} props */
function Hex({ bytes }) {
  const [lines, setLines] = useState(LINES);
  const all = Math.ceil(bytes.length / 16);
  const text = useMemo(() => {
    const rows = [];
    for (let at = 0; at < Math.min(bytes.length, lines * 16); at += 16) {
      const row = [...bytes.subarray(at, at + 16)];
      const hex = row.map((b) => b.toString(16).padStart(2, '0')).join(' ');
      rows.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${row.map((b) => (b > 0x1f && b < 0x7f ? String.fromCharCode(b) : '·')).join('')}`);
    }
    return rows.join('\n');
  }, [bytes, lines]);
  return html`<pre class="content" tabindex="0" aria-label="Body in hexadecimal">${text}</pre>
    ${lines < all && html`<button type="button" onClick=${() => setLines(lines + LINES)}>${count(all - lines)} more lines</button>`}`;
}

/** What a list shows of a body. @param {any} message */
export function glimpse(message) {
  if (message.body !== undefined) return visible(message.body.slice(0, 120));
  if (message.bodyBase64 !== undefined) return `bytes: ${[...fromBase64(message.bodyBase64.slice(0, 32))].map((b) => b.toString(16).padStart(2, '0')).join(' ')}`;
  return 'in a blob';
}
