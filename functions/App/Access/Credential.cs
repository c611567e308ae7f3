using Microsoft.Extensions.Primitives;

namespace FuncQueue.Functions.Access;

/// <summary>What a request shows of its caller. No record: it is not to be printed.</summary>
internal sealed class Credential
{
    private const string Bearer = "Bearer ";

    private Credential(string text, bool isBearer) => (Text, IsBearer) = (text, isBearer);

    /// <summary>Longer than any key or token is.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Never shown or logged.</summary>
    public string Text { get; }

    /// <summary>Whether it came as a bearer token, as those of Entra ID do.</summary>
    public bool IsBearer { get; }

    /// <summary>
    /// That of <c>Authorization: Bearer</c>, else of <c>x-functions-key</c>, else of <c>?code=</c>; null: the request shows none. The first
    /// that is there counts, right or wrong.
    /// </summary>
    public static Credential? Of(HttpRequest request)
    {
        if (request.Headers.Authorization is { Count: > 0 } authorization)
        {
            var text = authorization.ToString();
            if (text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
                return Of(text[Bearer.Length..].Trim(), isBearer: true);
        }

        if (request.Headers.TryGetValue("x-functions-key", out var header))
            return Of(header, isBearer: false);
        return request.Query.TryGetValue("code", out var code) ? Of(code, isBearer: false) : null;
    }

    private static Credential? Of(StringValues values, bool isBearer) =>
        values.ToString() is { Length: > 0 and <= MaxLength } text ? new Credential(text, isBearer) : null;
}
