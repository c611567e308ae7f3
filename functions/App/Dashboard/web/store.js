// A value that components follow.
import { useEffect, useState } from 'preact/hooks';

/** @template T */
export class Store {
  /** @param {T} value */
  constructor(value) {
    this.value = value;
    /** @type {Set<() => void>} */
    this.followers = new Set();
  }

  /** @param {T} value */
  set(value) {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const follower of [...this.followers]) follower();
  }

  /** @param {() => void} follower */
  follow(follower) {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }
}

/**
 * @template T
 * @param {Store<T>} store
 * @returns {T}
 */
export function useStore(store) {
  const [, renew] = useState(0);
  useEffect(() => {
    const leave = store.follow(() => renew((n) => n + 1));
    // It may have changed between the first rendering and now.
    renew((n) => n + 1);
    return () => void leave();
  }, [store]);
  return store.value;
}
