// Who looks, and what that caller may do. The server decides; this only spares people what would be refused.
import { ask, credential, refusals } from './api.js';
import { calls } from './calls.js';
import { endSignIn } from './entra.js';
import { Store } from './store.js';

const KEPT = 'funcqueue.key';

/**
 * @typedef {{ name: string, rights: string[], resources: string[], expiresAt?: string | null }} Who
 * @typedef {{ kind: 'unknown' } | { kind: 'out', why: string | null } | { kind: 'in', who: Who }} State
 */

/** @type {Store<State>} */
export const session = new Store(/** @type {State} */ ({ kind: 'unknown' }));

/** @type {Storage | null} */
const kept = (() => {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
})();

/** Starts with what this tab has kept. */
export async function resume() {
  try {
    const token = await endSignIn();
    if (token) kept?.setItem(KEPT, token);
  } catch (error) {
    session.set({ kind: 'out', why: /** @type {Error} */ (error).message });
    return;
  }
  credential.set(kept?.getItem(KEPT) ?? null);
  await learn(null);
}

/** @param {string} key @param {boolean} keep until the tab is closed; else until the page is */
export async function signIn(key, keep) {
  credential.set(key);
  await learn('The server does not know this key. Keys end, and can be revoked.');
  if (session.value.kind === 'in' && keep) kept?.setItem(KEPT, key);
}

export function signOut() {
  kept?.removeItem(KEPT);
  credential.set(null);
  session.set({ kind: 'out', why: null });
}

/** @param {string | null} wrong what to say to a caller who is refused */
async function learn(wrong) {
  try {
    const { data } = await ask(calls.whoAmI());
    session.set({ kind: 'in', who: data });
  } catch (error) {
    const status = /** @type {import('./api.js').ApiError} */ (error).status;
    if (status === 401) {
      const had = credential.value !== null;
      kept?.removeItem(KEPT);
      credential.set(null);
      session.set({ kind: 'out', why: had ? (wrong ?? 'The key is good no more.') : null });
    } else {
      session.set({ kind: 'out', why: `${/** @type {Error} */ (error).message} Try again when it does.` });
      throw error;
    }
  }
}

// A key that ends while somebody looks.
refusals.follow(() => {
  if (session.value.kind !== 'in') return;
  signOut();
  session.set({ kind: 'out', why: 'The key is good no more.' });
});

/** @param {string} pattern @param {'queue' | 'topic'} kind @param {string} name */
export function covers(pattern, kind, name) {
  const typed = /^(queue|topic):(.*)$/s.exec(pattern);
  if (pattern === '*') return true;
  if ((typed?.[1] ?? 'queue') !== kind) return false;
  const text = (typed?.[2] ?? pattern).replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${text}$`, 's').test(name);
}

/**
 * Whether the caller has one of these rights, on this queue or topic; without a name: on whatever.
 * @param {string | string[]} anyOf
 * @param {'queue' | 'topic'} [kind]
 * @param {string} [name]
 */
export function can(anyOf, kind, name) {
  const state = session.value;
  if (state.kind !== 'in') return false;
  const { rights, resources } = state.who;
  const has = [anyOf].flat().some((right) => rights.includes(right) || (right !== 'keys' && rights.includes('manage')));
  return has && (!kind || name === undefined || resources.some((pattern) => covers(pattern, kind, name)));
}
