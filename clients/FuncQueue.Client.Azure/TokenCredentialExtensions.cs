using Azure.Core;

namespace FuncQueue.Client.Azure;

/// <summary>Entra ID instead of a key.</summary>
public static class TokenCredentialExtensions
{
    /// <summary>A token is not shown so shortly before its end.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>Shows tokens of a credential.</summary>
    /// <param name="options">Of the client.</param>
    /// <param name="credential">Gives tokens, as <c>DefaultAzureCredential</c> does.</param>
    /// <param name="audience">Of the app: its setting <c>FuncQueueEntra__Audience</c>.</param>
    /// <returns>The same options.</returns>
    public static FuncQueueClientOptions UseTokenCredential(
        this FuncQueueClientOptions options,
        TokenCredential credential,
        string audience
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentException.ThrowIfNullOrEmpty(audience);
        var context = new TokenRequestContext([audience.TrimEnd('/') + "/.default"]);
        Kept? kept = null;
        options.TokenProvider = async cancellationToken =>
        {
            // Two that find it old ask for two tokens, either of which is good.
            if (kept is { } token && token.EndsAt - options.TimeProvider.GetUtcNow() > Margin)
                return token.Token;
            var fresh = await credential.GetTokenAsync(context, cancellationToken).ConfigureAwait(false);
            kept = new Kept(fresh.Token, fresh.ExpiresOn);
            return fresh.Token;
        };
        return options;
    }

    private sealed record Kept(string Token, DateTimeOffset EndsAt);
}
