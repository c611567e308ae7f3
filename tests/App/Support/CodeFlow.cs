using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Web;

namespace FuncQueue.App.Tests.Support;

/// <summary>
/// The part of a directory that people sign in to: OAuth's code flow with PKCE (RFC 7636), for a client without a secret. Whoever comes is
/// signed in at once.
/// </summary>
internal sealed class CodeFlow(Func<string[], string> sign)
{
    private readonly ConcurrentDictionary<string, (string Client, string Redirect, string Challenge)> codes = new();

    /// <summary>The roles of whoever comes; null: nobody is signed in.</summary>
    public string[]? Roles { get; set; }

    /// <summary>Where the browser is sent to: back, with a code or a refusal behind the #.</summary>
    public Uri Authorize(Uri asked)
    {
        var query = HttpUtility.ParseQueryString(asked.Query);
        var (redirect, state) = (query["redirect_uri"]!, Uri.EscapeDataString(query["state"]!));
        if (Roles is null)
            return new Uri($"{redirect}#error=access_denied&error_description=nobody%20is%20signed%20in&state={state}");
        if (query["response_type"] != "code" || query["response_mode"] != "fragment" || query["code_challenge_method"] != "S256")
            return new Uri($"{redirect}#error=invalid_request&state={state}");
        var code = Guid.NewGuid().ToString("N");
        codes[code] = (query["client_id"]!, redirect, query["code_challenge"]!);
        return new Uri($"{redirect}#code={code}&state={state}&session_state=x");
    }

    /// <summary>The answer to who brings a code: a token, once, for the one who asked for it.</summary>
    public JsonObject Exchange(string form)
    {
        var given = HttpUtility.ParseQueryString(form);
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(given["code_verifier"] ?? ""));
        if (
            given["grant_type"] != "authorization_code"
            || !codes.TryRemove(given["code"] ?? "", out var known)
            || known != (given["client_id"], given["redirect_uri"], Base64Url.EncodeToString(digest))
        )
            return new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "The code is not good." };
        return new JsonObject
        {
            ["token_type"] = "Bearer",
            ["expires_in"] = 3600,
            ["access_token"] = sign(Roles!),
        };
    }
}
