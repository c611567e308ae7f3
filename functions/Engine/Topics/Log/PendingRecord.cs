using Azure;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>A record ready to be stored.</summary>
internal sealed class PendingRecord
{
    /// <summary>What a record takes beside itself, about: its index, the operations that go with it.</summary>
    private const int BytesBeside = 64;

    private (IRoutes By, SubscriptionSet Set)? routed;

    /// <summary>The record in bytes (<see cref="RecordCodec"/>).</summary>
    public required byte[] Encoded { get; init; }

    public required long BodyLength { get; init; }

    public required Routable Routable { get; init; }

    /// <summary>Whether it is refused when nobody takes it.</summary>
    public bool IsMandatory { get; init; }

    /// <summary>The finished upload of the body, if it is a payload.</summary>
    public (Guid Payload, ETag ETag)? Upload { get; init; }

    public int Bytes => Encoded.Length + BytesBeside;

    /// <summary>The subscriptions that take it; judged once for each version.</summary>
    public SubscriptionSet RoutedBy(IRoutes routes)
    {
        if (routed is not { } known || known.By.Version != routes.Version)
            routed = known = (routes, routes.Route(Routable));
        return known.Set;
    }

    /// <summary>Whether it is to be refused because nobody takes it.</summary>
    public bool IsUnroutable(IRoutes routes) => IsMandatory && !routes.HasAlternate && RoutedBy(routes).Count == 0;
}
