namespace FuncQueue.Functions.Access;

/// <summary>Who calls, and what that caller may do.</summary>
/// <param name="Name">For people and the audit: of a key its name; never a secret.</param>
internal sealed record Caller(string Name, Grant Grant)
{
    // In parentheses, which no name of a key has.

    /// <summary>Where no credential is needed: locally, before the first key.</summary>
    public static Caller Anybody { get; } = new("(anonymous)", Grant.Everything);

    /// <summary>Who has shown the Functions host its own key: it is asked for by the functions that make keys, and by no others.</summary>
    public static Caller Host { get; } = new("(host)", new Grant(Rights.Keys, [ResourcePattern.Any]));

    /// <summary>Nobody that is known.</summary>
    public static Caller Nobody { get; } = new("(nobody)", Grant.Nothing);

    /// <summary>Whether it is an access key of the settings, which does what it did before there were other keys.</summary>
    public bool IsOfSettings { get; init; }

    /// <summary>From when on the credential is good no more; null: it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The caller of a request that was let through.</summary>
    public static Caller Of(HttpRequest request) =>
        request.HttpContext.Features.Get<Caller>() ?? throw new InvalidOperationException("Nobody has asked who calls.");
}
