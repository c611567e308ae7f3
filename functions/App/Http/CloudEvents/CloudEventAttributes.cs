using CloudNative.CloudEvents;

namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>The attributes of events as those of messages: each under its name with <c>ce-</c> before it, as in headers.</summary>
internal static class CloudEventAttributes
{
    public const string Prefix = "ce-";

    /// <summary>What an event without a required attribute is told.</summary>
    public const string IsNeeded = "An event needs it.";

    /// <summary>Where the extension "Partitioning" stands.</summary>
    public const string PartitionKey = Prefix + "partitionkey";

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
    /// event cannot have is left out. Never throws: by now the message is leased, or deleted.
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
        Set(cloudEvent, "datacontenttype", contentType);
        foreach (var (name, value) in attributes)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && name is not (SpecVersion or "ce-datacontenttype"))
                Set(cloudEvent, name[Prefix.Length..], value);
        }

        cloudEvent.Id ??= id;
        if (cloudEvent.Source is null)
            Set(cloudEvent, "source", source);
        cloudEvent.Type ??= "funcqueue.message";
        if (!attributes.ContainsKey(SpecVersion))
            cloudEvent.Time ??= time;
        return cloudEvent;
    }

    /// <summary>Why an event cannot have an attribute; null: it has it now.</summary>
    public static string? Set(CloudEvent cloudEvent, string name, string value)
    {
        try
        {
            cloudEvent.SetAttributeFromString(name, value);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            return exception.Message.Split(" (Parameter", 2)[0];
        }
    }
}
