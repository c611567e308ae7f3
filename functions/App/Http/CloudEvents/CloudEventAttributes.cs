using CloudNative.CloudEvents;

namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>The attributes of events as those of messages: each under its name with <c>ce-</c> before it, as in headers.</summary>
internal static class CloudEventAttributes
{
    public const string Prefix = "ce-";

    private const string SpecVersion = Prefix + "specversion";

    /// <summary>All but the content type of the data, which messages have themselves.</summary>
    public static Dictionary<string, string> Of(CloudEvent cloudEvent)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { [SpecVersion] = cloudEvent.SpecVersion.VersionId };
        foreach (var (attribute, value) in cloudEvent.GetPopulatedAttributes())
        {
            if (attribute != cloudEvent.SpecVersion.DataContentTypeAttribute)
                attributes[Prefix + attribute.Name] = attribute.Format(value);
        }

        return attributes;
    }

    /// <summary>
    /// The event that a message is, without its data. One that came as none gets the id, source, type and time that are given here; what an
    /// event cannot have is left out.
    /// </summary>
    public static CloudEvent ToEvent(
        IReadOnlyDictionary<string, string> attributes,
        string contentType,
        string id,
        string source,
        DateTimeOffset time
    )
    {
        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0);
        TrySet(cloudEvent, "datacontenttype", contentType);
        foreach (var (name, value) in attributes)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name is not (SpecVersion or "ce-datacontenttype"))
                TrySet(cloudEvent, name[Prefix.Length..], value);
        }

        cloudEvent.Id ??= id;
        if (cloudEvent.Source is null)
            TrySet(cloudEvent, "source", source);
        cloudEvent.Type ??= "funcqueue.message";
        if (!attributes.ContainsKey(SpecVersion))
            cloudEvent.Time ??= time;
        return cloudEvent;
    }

    private static void TrySet(CloudEvent cloudEvent, string name, string value)
    {
        try
        {
            cloudEvent.SetAttributeFromString(name, value);
        }
        catch (ArgumentException)
        {
            // Of a message that says it is an event, and is none in this.
        }
    }
}
