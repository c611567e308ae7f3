using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>A queue's settings while the attributes of a request are put into them.</summary>
internal sealed class QueueDraft(QueueSettings settings)
{
    private readonly Dictionary<string, string> annotations = new(settings.Annotations, StringComparer.Ordinal);

    public QueueSettings Settings { get; set; } = settings;

    /// <summary>
    /// The target of a redrive policy that the request sets, with the policy's text: it must be looked at before it is set.
    /// </summary>
    public (QueueName Target, string Text)? NewTarget { get; set; }

    /// <summary>Keeps a value of SQS's own; null, or empty, removes it.</summary>
    public void Annotate(string name, string? value) => Keep(QueueExtensions.AnnotationOf(name), value);

    /// <summary>Notes something that is no setting; null, or empty, removes it.</summary>
    public void Note(string name, string? value) => Keep(QueueExtensions.NoteOf(name), value);

    public QueueSettings ToSettings() => Settings with { Annotations = annotations };

    /// <summary>What changes of the settings that SQS knows; the others are left alone.</summary>
    public QueueSettingsChange ToChange() =>
        new()
        {
            Type = Settings.Type,
            VisibilityTimeout = Settings.VisibilityTimeout,
            MaxDeliveryCount = new Given<int?>(Settings.MaxDeliveryCount),
            MessageTimeToLive = new Given<TimeSpan?>(Settings.MessageTimeToLive),
            Delay = Settings.Delay,
            ContentBasedDeduplication = Settings.ContentBasedDeduplication,
            Tags = new Given<IReadOnlyDictionary<string, string>>(Settings.Tags),
            Annotations = annotations,
        };

    private void Keep(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            annotations.Remove(name);
        else
            annotations[name] = value;
    }
}
