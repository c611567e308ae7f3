namespace FuncQueue.Engine.Topics.Records;

/// <summary>A record as it lies in a row's data: what does not depend on where it is stored.</summary>
internal sealed record RecordContent
{
    public const string DefaultContentType = "application/octet-stream";

    /// <summary>The inline body; empty when the body is a payload.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required string ContentType { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public string? Key { get; init; }

    public string? RoutingKey { get; init; }

    public string? DeduplicationId { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public TimeSpan? Delay { get; init; }

    public TimeSpan? TimeToLive { get; init; }

    public int? Priority { get; init; }
}
