// Asks the API. The key travels in a header; answers are not kept.
import { Store } from './store.js';

/**
 * What is asked: the page sends it, and shows it as a command.
 * @typedef {object} Call
 * @property {string} method
 * @property {string} path from the app's address on, without a slash before it
 * @property {Record<string, string | number | boolean | null | undefined>} [query]
 * @property {any} [json]
 * @property {string | Uint8Array} [body]
 * @property {Record<string, string>} [headers]
 * @property {string} [cli] the same for the command line tool
 */

/** @typedef {{ status: number, data: any, etag: string | null, partial: boolean }} Answer `partial`: not all was looked at */

/** The address of the app: the page is at its /dashboard. */
export const base = new URL('./', location.href.split('#')[0]).href;

/** Whether the server does not answer. @type {Store<boolean>} */
export const lost = new Store(/** @type {boolean} */ (false));

/** The credential; null: none. @type {Store<string | null>} */
export const credential = new Store(/** @type {string | null} */ (null));

/** Told when a credential is good no more. @type {Store<number>} */
export const refusals = new Store(0);

export class ApiError extends Error {
  /** @param {number} status 0: no answer @param {string} code @param {string} detail @param {{ field: string, detail: string }[]} faults */
  constructor(status, code, detail, faults = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }
}

/** @param {Call} call */
export function urlOf(call) {
  const query = Object.entries(call.query ?? {})
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return base + call.path + (query ? `?${query}` : '');
}

/**
 * The answer as it came, whatever it says.
 * @param {Call} call
 * @param {AbortSignal} [signal]
 */
export async function open(call, signal) {
  const headers = new Headers(call.headers);
  const shown = credential.value;
  if (shown) headers.set('Authorization', `Bearer ${shown}`);
  let body = /** @type {any} */ (call.body);
  if (call.json !== undefined) {
    headers.set('Content-Type', 'application/json');
    body = JSON.stringify(call.json);
  }
  try {
    const response = await fetch(urlOf(call), {
      method: call.method,
      headers,
      body,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    lost.set(false);
    if (response.status === 401 && credential.value === shown) refusals.set(refusals.value + 1);
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    lost.set(true);
    throw new ApiError(0, 'no-answer', 'The server does not answer.');
  }
}

/**
 * The answer, read; an ApiError for one that refuses.
 * @param {Call} call
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
export async function ask(call, signal) {
  const response = await open(call, signal);
  const text = await response.text();
  /** @type {any} */
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = null;
  }
  if (!response.ok)
    throw new ApiError(
      response.status,
      data?.code ?? 'unknown',
      data?.detail ?? `The server answered with status ${response.status}.`,
      data?.errors ?? [],
    );
  return { status: response.status, data, etag: response.headers.get('ETag'), partial: response.headers.get('x-funcqueue-partial') === 'true' };
}
