using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>
/// CloudEvents 1.0 in requests: in structured and batch mode told by the content type, else in binary mode by the header
/// <c>ce-specversion</c>.
/// </summary>
internal static class CloudEventRequests
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";

    private const string AnyFormat = "application/cloudevents";

    /// <summary>Whether the content type is that of one event in JSON.</summary>
    public static bool IsStructured(HttpRequest request) => HasType(request, Structured);

    /// <summary>Whether the content type is that of several events in JSON.</summary>
    public static bool IsBatch(HttpRequest request) => HasType(request, Batch);

    /// <summary>The attributes of an event in binary mode, beside those that were read already; without an event, those alone.</summary>
    public static IReadOnlyDictionary<string, string> AddBinary(
        HttpRequest request,
        IReadOnlyDictionary<string, string> attributes,
        Faults faults
    )
    {
        if (!IsBinary(request))
            return attributes;
        var version = request.Headers[HttpUtilities.SpecVersionHttpHeader].ToString();
        if (version != CloudEventsSpecVersion.V1_0.VersionId)
            faults.Add(HttpUtilities.SpecVersionHttpHeader, $"Must be {CloudEventsSpecVersion.V1_0.VersionId}.");
        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0);
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (header, values) in request.Headers)
        {
            if (
                HttpUtilities.GetAttributeNameFromHeaderName(header) is not { } name
                || name == CloudEventsSpecVersion.SpecVersionAttribute.Name
            )
                continue;
            given.Add(name);
            if (!RepeatedHeader.IsSingle(values))
                faults.Add(header.ToLowerInvariant(), RepeatedHeader.Detail);
            else if (CloudEventAttributes.Set(cloudEvent, name, HttpUtilities.DecodeHeaderValue(values[0]!)) is { } fault)
                faults.Add(header.ToLowerInvariant(), fault);
        }

        foreach (var attribute in CloudEventsSpecVersion.V1_0.RequiredAttributes.Where(a => !given.Contains(a.Name)))
            faults.Add(CloudEventAttributes.Prefix + attribute.Name, CloudEventAttributes.IsNeeded);
        return new EventContent([], "", CloudEventAttributes.Of(cloudEvent)).With(attributes);
    }

    /// <summary>The event in the body, or faults.</summary>
    public static async Task<EventContent?> ReadOneAsync(HttpRequest request, Faults faults, CancellationToken cancellationToken) =>
        (await DecodeAsync(request, isBatch: false, json => [CloudEventJson.Decode(json)], faults, cancellationToken))?.Single();

    /// <summary>The events in the body, 1 to <see cref="Limits.MaxBatchSize"/>, or faults.</summary>
    public static async Task<IReadOnlyList<EventContent>> ReadBatchAsync(
        HttpRequest request,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        if (await DecodeAsync(request, isBatch: true, CloudEventJson.DecodeBatch, faults, cancellationToken) is not { } events)
            return [];
        if (events.Count is >= 1 and <= Limits.MaxBatchSize)
            return events;
        faults.Add("body", $"Must be 1 to {Limits.MaxBatchSize} events; there are {events.Count}.");
        return [];
    }

    /// <summary>The partition key of an event, which orders it where the request says nothing else; null where none was sent.</summary>
    public static string? PartitionKeyOf(HttpRequest request, IReadOnlyDictionary<string, string> attributes) =>
        IsBinary(request) || IsStructured(request) || IsBatch(request)
            ? attributes.GetValueOrDefault(CloudEventAttributes.PartitionKey)
            : null;

    /// <summary>A fault where one message is sent as events that a single one cannot be, or in a format that is not read here.</summary>
    public static void RequireOne(HttpRequest request, Faults faults)
    {
        if (IsBatch(request))
            faults.Add("Content-Type", "Batches are sent to /messages/batch.");
        else if (IsOfAnyFormat(request) && !IsStructured(request))
            faults.Add("Content-Type", $"Of the formats of CloudEvents, {Structured} is read here.");
    }

    /// <summary>
    /// Whether a batch is one of events. Faults where it is in another format of them, and where it is none and the query says what only
    /// events are told by.
    /// </summary>
    public static bool RequireBatch(HttpRequest request, Query query, ReadOnlySpan<string> ofEvents, Faults faults)
    {
        if (IsBatch(request))
            return true;
        if (IsStructured(request))
            faults.Add("Content-Type", "One event is sent to /messages.");
        else if (IsOfAnyFormat(request))
            faults.Add("Content-Type", $"Of the formats of CloudEvents, {Batch} is read here.");
        foreach (var name in ofEvents)
        {
            if (query.Has(name))
                faults.Add(name, "Counts here for a batch of CloudEvents; of others the body says it.");
        }

        return false;
    }

    /// <summary>What the body is; null: faults tell why it is no events.</summary>
    private static async Task<IReadOnlyList<EventContent>?> DecodeAsync(
        HttpRequest request,
        bool isBatch,
        Func<ReadOnlyMemory<byte>, IReadOnlyList<CloudEvent>> decode,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        var bytes = await JsonBody.ReadAnyAsync(request, EnqueueFunctions.MaxBatchRequestBytes, cancellationToken);
        try
        {
            return [.. decode(bytes).Select(Content)];
        }
        catch (CloudEventFormatException exception)
        {
            CloudEventFaults.Tell(bytes, isBatch, exception.Message, faults);
            return null;
        }
    }

    private static EventContent Content(CloudEvent cloudEvent) =>
        new(CloudEventJson.DataOf(cloudEvent), CloudEventJson.TypeOf(cloudEvent), CloudEventAttributes.Of(cloudEvent));

    /// <summary>Of what says by its content type that it is an event, headers may repeat parts, and do not count.</summary>
    private static bool IsBinary(HttpRequest request) =>
        !IsOfAnyFormat(request) && request.Headers.ContainsKey(HttpUtilities.SpecVersionHttpHeader);

    private static bool IsOfAnyFormat(HttpRequest request) =>
        (request.ContentType ?? "").StartsWith(AnyFormat, StringComparison.OrdinalIgnoreCase);

    private static bool HasType(HttpRequest request, string type) =>
        MediaType.Of(request.ContentType).Equals(type, StringComparison.OrdinalIgnoreCase);
}
