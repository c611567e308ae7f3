using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>
/// CloudEvents 1.0 in requests: in binary mode told by the header <c>ce-specversion</c>, in structured and batch mode by the content type.
/// </summary>
internal static class CloudEventRequests
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";

    private const string AnyFormat = "application/cloudevents";

    /// <summary>The attributes of an event in binary mode, beside those that were read already; without an event, those alone.</summary>
    public static IReadOnlyDictionary<string, string> AddBinary(
        HttpRequest request,
        IReadOnlyDictionary<string, string> attributes,
        Faults faults
    )
    {
        if (!request.Headers.TryGetValue(HttpUtilities.SpecVersionHttpHeader, out var version))
            return attributes;
        var cloudEvent = New(version.ToString(), faults);
        foreach (var (header, values) in request.Headers)
        {
            if (
                HttpUtilities.GetAttributeNameFromHeaderName(header) is not { } name
                || name == CloudEventsSpecVersion.SpecVersionAttribute.Name
            )
                continue;
            if (!RepeatedHeader.IsSingle(values))
                faults.Add(header.ToLowerInvariant(), RepeatedHeader.Detail);
            else
                Set(cloudEvent, name, HttpUtilities.DecodeHeaderValue(values[0]!), header.ToLowerInvariant(), faults);
        }

        Require(cloudEvent, CloudEventAttributes.Prefix, faults);
        var all = new Dictionary<string, string>(attributes, StringComparer.Ordinal);
        foreach (var (name, value) in CloudEventAttributes.Of(cloudEvent))
            all[name] = value;
        return all;
    }

    /// <summary>Whether the content type is that of one event in JSON.</summary>
    public static bool IsStructured(HttpRequest request) => HasType(request, Structured);

    /// <summary>Whether the content type is that of several events in JSON.</summary>
    public static bool IsBatch(HttpRequest request) => HasType(request, Batch);

    /// <summary>The event in the body, or faults; also of a format that is not read here.</summary>
    public static async Task<EventContent?> ReadOneAsync(HttpRequest request, Faults faults, CancellationToken cancellationToken)
    {
        var bytes = await JsonBody.ReadAnyAsync(request, EnqueueFunctions.MaxBatchRequestBytes, cancellationToken);
        return Decode(() => [CloudEventJson.Decode(bytes)], faults) is [var content] ? content : null;
    }

    /// <summary>The events in the body, 1 to <see cref="Limits.MaxBatchSize"/>, or faults.</summary>
    public static async Task<IReadOnlyList<EventContent>> ReadBatchAsync(
        HttpRequest request,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        var bytes = await JsonBody.ReadAnyAsync(request, EnqueueFunctions.MaxBatchRequestBytes, cancellationToken);
        var events = Decode(() => CloudEventJson.DecodeBatch(bytes), faults);
        if (!faults.Any && events.Count is < 1 or > Limits.MaxBatchSize)
            faults.Add("body", $"Must be 1 to {Limits.MaxBatchSize} events.");
        return events;
    }

    /// <summary>A fault where the content type is one of CloudEvents that is not read here.</summary>
    public static void RefuseOtherFormats(HttpRequest request, Faults faults)
    {
        if (
            (request.ContentType ?? "").StartsWith(AnyFormat, StringComparison.OrdinalIgnoreCase)
            && !IsStructured(request)
            && !IsBatch(request)
        )
            faults.Add("Content-Type", $"Of the formats of CloudEvents, {Structured} is read here.");
        if (IsBatch(request))
            faults.Add("Content-Type", "Batches are sent to /messages/batch.");
    }

    private static List<EventContent> Decode(Func<IReadOnlyList<CloudEvent>> decode, Faults faults)
    {
        try
        {
            var events = decode();
            var contents = new List<EventContent>(events.Count);
            foreach (var cloudEvent in events)
                contents.Add(
                    new EventContent(
                        CloudEventJson.DataOf(cloudEvent),
                        CloudEventJson.TypeOf(cloudEvent),
                        CloudEventAttributes.Of(cloudEvent)
                    )
                );
            return contents;
        }
        catch (CloudEventFormatException exception)
        {
            faults.Add("body", $"Is no event of CloudEvents in JSON: {exception.Message}");
            return [];
        }
    }

    private static CloudEvent New(string version, Faults faults)
    {
        if (version == CloudEventsSpecVersion.V1_0.VersionId)
            return new CloudEvent(CloudEventsSpecVersion.V1_0);
        faults.Add(HttpUtilities.SpecVersionHttpHeader, $"Must be {CloudEventsSpecVersion.V1_0.VersionId}.");
        return new CloudEvent(CloudEventsSpecVersion.V1_0);
    }

    private static void Set(CloudEvent cloudEvent, string name, string value, string field, Faults faults)
    {
        try
        {
            cloudEvent.SetAttributeFromString(name, value);
        }
        catch (ArgumentException exception)
        {
            faults.Add(field, exception.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static void Require(CloudEvent cloudEvent, string prefix, Faults faults)
    {
        foreach (var attribute in cloudEvent.SpecVersion.RequiredAttributes)
        {
            if (cloudEvent[attribute] is null)
                faults.Add(prefix + attribute.Name, "An event needs it.");
        }
    }

    private static bool HasType(HttpRequest request, string type)
    {
        var given = (request.ContentType ?? "").AsSpan();
        var end = given.IndexOf(';');
        return (end < 0 ? given : given[..end]).Trim().Equals(type, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>What an event is as a message.</summary>
internal sealed record EventContent(byte[] Data, string ContentType, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Its attributes, and others beside them.</summary>
    public IReadOnlyDictionary<string, string> With(IReadOnlyDictionary<string, string> others)
    {
        var all = new Dictionary<string, string>(others, StringComparer.Ordinal);
        foreach (var (name, value) in Attributes)
            all[name] = value;
        return all;
    }
}
