namespace FuncQueue.Engine.Topics.Registry;

/// <summary>What a PUT of a topic does. Pure.</summary>
internal abstract record TopicPutDecision
{
    private TopicPutDecision() { }

    public sealed record Create(TopicSettings Settings) : TopicPutDecision;

    public sealed record Change(TopicSettings Settings) : TopicPutDecision;

    public sealed record Refuse(Failure Failure) : TopicPutDecision;

    /// <summary>Decides on the topic as it is; null: it does not exist.</summary>
    public static TopicPutDecision Decide(TopicName topic, TopicRecord? there, TopicSettingsChange change, TopicCondition condition)
    {
        if (there is { IsDeleting: true })
            return new Refuse(new Failure.TopicDeleting(topic));
        if (condition.IfNoneMatch && there is not null)
            return new Refuse(new Failure.PreconditionFailed());
        if (condition.IfMatch is { } wanted && (there is null || (wanted != "*" && wanted != there.Info.ETag)))
            return new Refuse(new Failure.PreconditionFailed());
        var settings = change.ApplyTo(there?.Settings ?? new TopicSettings());
        if (TopicRules.Check(settings) is { Count: > 0 } faults)
            return new Refuse(new Failure.Invalid(faults));
        if (there is not null && settings.Partitions != there.Settings.Partitions)
            return new Refuse(
                new Failure.TopicTypeMismatch(
                    $"Topic {topic} has {there.Settings.Partitions} partitions, a number that is fixed at its creation."
                )
            );
        return there is null ? new Create(settings) : new Change(settings);
    }
}
