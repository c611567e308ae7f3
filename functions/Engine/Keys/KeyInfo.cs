namespace FuncQueue.Engine.Keys;

/// <summary>A key as everybody may see it: what it is for, and until when, without the key itself.</summary>
public sealed record KeyInfo
{
    public required KeyName Name { get; init; }

    /// <summary>What its holder may do, in words that the engine does not read.</summary>
    public required IReadOnlyList<string> Rights { get; init; }

    /// <summary>What its holder may do it to; the engine does not read these either.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When rights, resources or end last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>When the key itself was last replaced; null: never.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>From when on nothing can be done with it; null: it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when the key before the last rotation is good; null: there is none.</summary>
    public DateTimeOffset? FormerKeyUntil { get; init; }

    /// <summary>Opaque, without quotes; changes with every change and rotation.</summary>
    public required string ETag { get; init; }
}
