namespace FuncQueue.Client;

/// <summary>Which dead letters to make live again.</summary>
public sealed class RedriveRequest
{
    /// <summary>These; null: any.</summary>
    public IReadOnlyList<Guid>? MessageIds { get; set; }

    /// <summary>At most so many.</summary>
    public int? MaxMessages { get; set; }

    /// <summary>The queue that they go to; null: the one that they came from.</summary>
    public string? To { get; set; }

    /// <summary>Those that it matches; not together with <see cref="MessageIds"/>.</summary>
    public MessageFilter? Filter { get; set; }

    /// <summary>Counts and changes nothing.</summary>
    public bool? DryRun { get; set; }
}
