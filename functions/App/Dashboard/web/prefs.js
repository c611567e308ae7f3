// What this browser's user likes; nothing that a server would need to know.
import { Store } from './store.js';

const THEME = 'funcqueue.theme';
const ZONE = 'funcqueue.zone';

/** @param {string} name @returns {string | null} */
function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
function write(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
}

/** @type {Store<string>} light, dark, or auto: as the system has it. */
export const theme = new Store(read(THEME) ?? 'auto');

/** @type {Store<string>} local or utc */
export const zone = new Store(read(ZONE) ?? 'local');

/** @param {string} value */
export function setTheme(value) {
  write(THEME, value);
  theme.set(value);
  applyTheme();
}

/** @param {string} value */
export function setZone(value) {
  write(ZONE, value);
  zone.set(value);
}

export function applyTheme() {
  document.documentElement.dataset.theme = theme.value;
}
