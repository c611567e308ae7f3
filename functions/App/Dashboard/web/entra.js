// Sign-in with an account of the directory: OAuth's code flow with PKCE, in this window. The answer comes behind the #, which no server sees.

const PENDING = 'funcqueue.signin';

const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="funcqueue-entra"]'));

/** Where to sign in, as which application, for whom; null: only keys are taken. */
export const entra = meta
  ? (([authority, client, audience]) => ({ authority, client, scope: `${audience}/.default` }))(meta.content.split(' '))
  : null;

const page = location.href.split(/[?#]/)[0];

/** @param {Uint8Array} bytes */
const base64Url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const random = () => base64Url(crypto.getRandomValues(new Uint8Array(32)));

export async function beginSignIn() {
  if (!entra) return;
  const [verifier, state] = [random(), random()];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  sessionStorage.setItem(PENDING, JSON.stringify({ verifier, state, place: location.hash }));
  const query = new URLSearchParams({
    client_id: entra.client,
    response_type: 'code',
    response_mode: 'fragment',
    redirect_uri: page,
    scope: entra.scope,
    state,
    code_challenge: base64Url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  location.assign(`${entra.authority}/oauth2/v2.0/authorize?${query}`);
}

/**
 * The token of a sign-in that has just come back; null: none has. Throws where it was refused.
 * @returns {Promise<string | null>}
 */
export async function endSignIn() {
  const pending = sessionStorage.getItem(PENDING);
  if (!entra || !pending) return null;
  const answer = new URLSearchParams(location.hash.slice(1));
  if (!answer.has('state')) return null;
  sessionStorage.removeItem(PENDING);
  const { verifier, state, place } = JSON.parse(pending);
  // The code is good once; it goes from the address at once.
  history.replaceState(null, '', page + (place || '#/'));
  dispatchEvent(new HashChangeEvent('hashchange'));
  if (answer.get('state') !== state) throw new Error('The sign-in that came back is not the one that was begun.');
  const code = answer.get('code');
  if (!code) throw new Error(answer.get('error_description') ?? 'The directory refused the sign-in.');
  const response = await fetch(`${entra.authority}/oauth2/v2.0/token`, {
    method: 'POST',
    credentials: 'omit',
    body: new URLSearchParams({
      client_id: entra.client,
      grant_type: 'authorization_code',
      code,
      redirect_uri: page,
      code_verifier: verifier,
      scope: entra.scope,
    }),
  });
  const token = await response.json();
  if (!response.ok || typeof token.access_token !== 'string')
    throw new Error(token.error_description ?? 'The directory gave no token.');
  return token.access_token;
}
