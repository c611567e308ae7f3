namespace FuncQueue.Engine.Registry;

/// <summary>What a PUT does. Pure.</summary>
internal abstract record PutDecision
{
    private PutDecision() { }

    public sealed record Create(QueueSettings Settings) : PutDecision;

    public sealed record Change(QueueSettings Settings) : PutDecision;

    public sealed record Refuse(Failure Failure) : PutDecision;
}

internal static class RegistryRules
{
    /// <summary>Decides on the queue as it is; null: it does not exist.</summary>
    public static PutDecision Decide(QueueName queue, QueueInfo? there, QueueSettingsChange change, QueueCondition condition)
    {
        if (condition.IfNoneMatch && there is not null)
            return new PutDecision.Refuse(new Failure.PreconditionFailed());
        if (condition.IfMatch is { } wanted && (there is null || (wanted != "*" && wanted != there.ETag)))
            return new PutDecision.Refuse(new Failure.PreconditionFailed());
        if (condition.RowTag is { } row && there?.RowTag != row)
            return new PutDecision.Refuse(new Failure.PreconditionFailed());
        var before = there?.Settings ?? new QueueSettings();
        var settings = change.ApplyTo(before);
        if (there is not null && settings.Type != before.Type)
            return new PutDecision.Refuse(
                new Failure.QueueTypeMismatch($"Queue {queue} is of another type, which is fixed at its creation.")
            );
        if (there is not null && settings.Type == QueueType.Fifo && settings.Shards != before.Shards)
            return new PutDecision.Refuse(
                new Failure.QueueTypeMismatch($"FIFO queue {queue} has {before.Shards} shards, which is fixed at its creation.")
            );
        if (RequestRules.Check(queue, settings) is { Count: > 0 } faults)
            return new PutDecision.Refuse(new Failure.Invalid(faults));
        if (there is not null && settings.Shards < before.Shards)
            return new PutDecision.Refuse(
                new Failure.Invalid([new Fault("shards", $"Queue {queue} has {before.Shards} shards; they may only become more.")])
            );
        return there is null ? new PutDecision.Create(settings) : new PutDecision.Change(settings);
    }

    /// <summary>Whether two settings say the same, tags and annotations included.</summary>
    public static bool SameAs(this QueueSettings a, QueueSettings b) =>
        a with { Tags = b.Tags, Annotations = b.Annotations } == b && a.Tags.SameAs(b.Tags) && a.Annotations.SameAs(b.Annotations);

    /// <summary>Whether they differ in notes at most.</summary>
    public static bool SameButForNotes(this QueueSettings a, QueueSettings b) => a.WithoutNotes().SameAs(b.WithoutNotes());

    /// <summary>Whether they have the same names with the same values.</summary>
    public static bool SameAs(this IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static QueueSettings WithoutNotes(this QueueSettings settings) =>
        settings with
        {
            Annotations = settings
                .Annotations.Where(a => !a.Key.StartsWith(QueueSettings.NotePrefix, StringComparison.Ordinal))
                .ToDictionary(StringComparer.Ordinal),
        };
}
