// Looks again and again at what is on the screen, while somebody sees it.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { lost } from './api.js';

/** Longest pause between two looks at what does not change, over the shortest. */
const SLOWEST = 6;

/**
 * What a call returns, renewed: after `seconds`, and by and by less often while nothing changes; not at all while the tab is hidden.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {any[]} what what it depends on: another one begins anew
 * @param {number} seconds 0: is loaded once
 * @returns {{ data: T | undefined, error: Error | null, refresh: () => void }}
 */
export function usePoll(load, what, seconds) {
  const [state, setState] = useState(/** @type {{ data: T | undefined, error: Error | null }} */ ({ data: undefined, error: null }));
  const again = useRef(() => {});
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    let timer = 0;
    let pause = seconds;
    let failures = 0;
    let last = '';
    let running = /** @type {AbortController | null} */ (null);
    setState({ data: undefined, error: null });

    const later = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'hidden') return;
      const wait = failures > 0 ? Math.min(30, 2 ** (failures - 1)) : pause;
      if (wait > 0) timer = window.setTimeout(look, wait * 1000);
    };
    const look = async () => {
      clearTimeout(timer);
      running?.abort();
      const mine = (running = new AbortController());
      try {
        const data = await latest.current(mine.signal);
        if (mine.signal.aborted) return;
        failures = 0;
        const text = JSON.stringify(data) ?? '';
        pause = text === last ? Math.min(seconds * SLOWEST, pause * 1.5) : seconds;
        if (text !== last) setState({ data, error: null });
        else setState((s) => (s.error ? { ...s, error: null } : s));
        last = text;
      } catch (error) {
        if (mine.signal.aborted) return;
        failures++;
        setState((s) => ({ ...s, error: /** @type {Error} */ (error) }));
      }
      later();
    };
    const seen = () => (document.visibilityState === 'hidden' ? clearTimeout(timer) : void look());
    // Whoever learns first that the server is back tells the others.
    const back = lost.follow(() => {
      if (!lost.value && failures > 0) void look();
    });
    again.current = () => {
      pause = seconds;
      void look();
    };
    document.addEventListener('visibilitychange', seen);
    void look();
    return () => {
      clearTimeout(timer);
      running?.abort();
      back();
      document.removeEventListener('visibilitychange', seen);
    };
  }, what);

  return { ...state, refresh: useCallback(() => again.current(), []) };
}

/**
 * Pages of a list: the first is loaded, the others when they are asked for.
 * @template T
 * @param {(continuation: string | undefined, signal: AbortSignal) => Promise<{ items: T[], continuation?: string }>} load
 * @param {any[]} what
 */
export function usePages(load, what) {
  const [state, setState] = useState(
    /** @type {{ items: T[] | undefined, continuation?: string, error: Error | null, busy: boolean }} */ ({
      items: undefined,
      error: null,
      busy: true,
    }),
  );
  const turn = useRef(/** @type {AbortController | null} */ (null));
  const again = useRef(() => {});
  const fetchPage = async (/** @type {T[]} */ before, /** @type {string | undefined} */ continuation) => {
    turn.current?.abort();
    const mine = (turn.current = new AbortController());
    setState((s) => ({ ...s, busy: true }));
    try {
      const page = await load(continuation, mine.signal);
      if (mine.signal.aborted) return;
      setState({ items: [...before, ...page.items], continuation: page.continuation, error: null, busy: false });
    } catch (error) {
      if (!mine.signal.aborted) setState((s) => ({ ...s, error: /** @type {Error} */ (error), busy: false }));
    }
  };
  // What the server did not answer is asked again once it is back.
  again.current = () => {
    const { items, continuation, error } = state;
    if (!lost.value && /** @type {any} */ (error)?.status === 0) void fetchPage(continuation ? (items ?? []) : [], continuation);
  };
  useEffect(() => {
    setState({ items: undefined, error: null, busy: true });
    void fetchPage([], undefined);
    const back = lost.follow(() => again.current());
    return () => {
      turn.current?.abort();
      back();
    };
  }, what);
  return {
    ...state,
    waits: state.items === undefined && (!state.error || /** @type {any} */ (state.error).status === 0),
    more: () => void fetchPage(state.items ?? [], state.continuation),
    refresh: () => void fetchPage([], undefined),
  };
}
