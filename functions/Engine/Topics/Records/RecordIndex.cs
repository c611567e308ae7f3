namespace FuncQueue.Engine.Topics.Records;

/// <summary>What is known of a row's records without their data. Immutable.</summary>
/// <param name="First">The first offset that the row covers.</param>
/// <param name="Last">The last offset that the row covers: its key.</param>
/// <param name="Runs">What was appended together, in the order of the offsets; the first begins at <paramref name="First"/>.</param>
/// <param name="Records">In the order of their offsets; where some are missing, they are gone for good.</param>
internal sealed record RecordIndex(long First, long Last, IReadOnlyList<RecordRun> Runs, RecordEntry[] Records)
{
    /// <summary>The run that a record belongs to.</summary>
    public RecordRun RunOf(in RecordEntry record)
    {
        var run = Runs.Count - 1;
        while (run > 0 && Runs[run].First > record.Offset)
            run--;
        return Runs[run];
    }

    /// <summary>The subscriptions that take a record.</summary>
    public SubscriptionSet SetOf(in RecordEntry record) => RunOf(record).Sets[record.Set];

    /// <summary>When the last of it was published.</summary>
    public DateTimeOffset PublishedAt => Runs[^1].PublishedAt;
}

/// <summary>Records of a row that one transaction stored.</summary>
/// <param name="First">The offset that it begins at.</param>
/// <param name="Append">The random id of the transaction that stored it.</param>
/// <param name="RoutedBy">The version of the topic's subscriptions that they were routed by.</param>
/// <param name="Sets">The sets of subscriptions that take them, each once.</param>
internal sealed record RecordRun(long First, DateTimeOffset PublishedAt, Guid Append, long RoutedBy, IReadOnlyList<SubscriptionSet> Sets);

/// <summary>What is known of a record without its data.</summary>
/// <param name="EncodedLength">Bytes of it in the row's data.</param>
/// <param name="BodyLength">Of its body, inline or not.</param>
/// <param name="Payload">The payload that holds the body; null: the row does.</param>
/// <param name="Set">The place of its set in its run.</param>
internal readonly record struct RecordEntry(long Offset, int EncodedLength, long BodyLength, Guid? Payload, int Set);
