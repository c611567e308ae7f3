namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Filters as they are stored: a byte with the version of the format, then their JSON without its first character, which is always the
/// same. So they take as many bytes as callers count, at most <see cref="Limits.MaxFilterBytes"/>, which is what a property of Table
/// Storage holds. Who adds a member or an operator raises the version, so that older processes know that they do not know.
/// </summary>
internal abstract record StoredFilters
{
    public const byte CurrentVersion = 1;

    private StoredFilters() { }

    /// <summary>The filters of a subscription.</summary>
    public sealed record Known(SubscriptionFilters Filters) : StoredFilters;

    /// <summary>A later version of FuncQueue wrote them: nothing can be routed here that they may concern.</summary>
    public sealed record Newer(byte Version) : StoredFilters;

    /// <summary>No version wrote them so.</summary>
    public sealed record Damaged(string Detail) : StoredFilters;

    public static byte[] Write(SubscriptionFilters filters)
    {
        var stored = filters.Json.ToArray();
        stored[0] = CurrentVersion;
        return stored;
    }

    public static StoredFilters Read(ReadOnlySpan<byte> stored)
    {
        if (stored is [> CurrentVersion, ..])
            return new Newer(stored[0]);
        if (stored is not [CurrentVersion, ..])
            return new Damaged("Stored filters begin with a version.");
        var json = stored.ToArray();
        json[0] = (byte)'[';
        if (SubscriptionFilters.TryParse(json, "filters", out var filters, out var faults))
            return new Known(filters);
        return new Damaged($"{faults[0].Field}: {faults[0].Detail}");
    }
}
