namespace FuncQueue.Engine.Topics;

/// <summary>
/// The ranges of what may be asked of topics, as faults to show the caller. Pure; every fault is listed, none is fixed up.
/// </summary>
public static class TopicRules
{
    /// <summary>What a record without a key is told by a topic whose name ends in <c>.fifo</c>.</summary>
    public const string KeyRequired = "A topic whose name ends in .fifo needs a key.";

    /// <summary>Faults of the settings that a topic would have.</summary>
    public static IReadOnlyList<Fault> Check(TopicSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var faults = new List<Fault>();
        if (settings.Partitions is < 1 or > Limits.MaxPartitions)
            faults.Add(new Fault("partitions", $"Must be 1 to {Limits.MaxPartitions}."));
        if (settings.Retention is { } retention)
            RequestRules.Range(faults, "retentionSeconds", retention, TimeSpan.Zero, Limits.MaxRetention);
        if (settings.RetentionBytes < Limits.MinRetentionBytes)
            faults.Add(new Fault("retentionBytes", $"Must be at least {Limits.MinRetentionBytes}, or null."));
        RequestRules.Range(faults, "tombstoneSeconds", settings.TombstoneTime, TimeSpan.Zero, Limits.MaxRetention);
        if (settings.AlternateQueue is { } queue && !QueueName.TryParse(queue, out _))
            faults.Add(new Fault("alternateQueue", "Must be the name of a queue."));
        RequestRules.Range(
            faults,
            "deduplicationWindowSeconds",
            settings.DeduplicationWindow,
            Limits.MinDeduplicationWindow,
            Limits.MaxDeduplicationWindow
        );
        RequestRules.CheckTags(faults, settings.Tags);
        RequestRules.CheckAnnotations(faults, settings.Annotations);
        return faults;
    }

    /// <summary>Faults of a record, each field prefixed with <paramref name="at"/> (as <c>messages[3].</c>).</summary>
    public static IReadOnlyList<Fault> Check(PublishRequest record, string at)
    {
        ArgumentNullException.ThrowIfNull(record);
        var faults = new List<Fault>();
        if (record.Delay is { } delay)
            RequestRules.Range(faults, at + "delaySeconds", delay, TimeSpan.Zero, Limits.MaxDelay);
        if (record.TimeToLive is { } ttl)
            RequestRules.Range(faults, at + "ttlSeconds", ttl, Limits.MinTimeToLive, Limits.MaxTimeToLive);
        if (record.Priority is < 0 or > Limits.MaxPriority)
            faults.Add(new Fault(at + "priority", $"Must be 0 to {Limits.MaxPriority}."));
        RequestRules.CheckId(faults, at + "key", record.Key);
        RequestRules.CheckId(faults, at + "routingKey", record.RoutingKey);
        RequestRules.CheckId(faults, at + "deduplicationId", record.DeduplicationId);
        CheckExpectation(faults, at, record.ExpectedOffset, record.Key, record.Partition);
        CheckProducer(faults, record.Producer, record.Key, record.Partition, record.DeduplicationId);
        RequestRules.CheckContentType(faults, at + "contentType", record.ContentType);
        RequestRules.CheckAttributes(faults, at + "attributes", record.Attributes);
        return faults;
    }

    /// <summary>Faults of an atomic batch as such; its records are checked one by one.</summary>
    public static IReadOnlyList<Fault> Check(AtomicPublish batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var faults = new List<Fault>();
        if (batch.Records.Count is < 1 or > Limits.MaxBatchSize)
            faults.Add(new Fault("messages", $"Must be 1 to {Limits.MaxBatchSize}."));
        // By its id a repeat finds the partition of the first.
        if (batch is { Key: null, Partition: null, DeduplicationId: null })
            faults.Add(new Fault("atomic", "An atomic batch needs a key, a partition or a deduplicationId."));
        RequestRules.CheckId(faults, "key", batch.Key);
        RequestRules.CheckId(faults, "deduplicationId", batch.DeduplicationId);
        CheckExpectation(faults, "", batch.ExpectedOffset, batch.Key, batch.Partition);
        CheckProducer(faults, batch.Producer, batch.Key, batch.Partition, batch.DeduplicationId);
        for (var i = 0; i < batch.Records.Count; i++)
        {
            if (batch.Records[i] is not { Key: null, Partition: null, DeduplicationId: null, ExpectedOffset: null, Producer: null })
                faults.Add(
                    new Fault(
                        $"messages[{i}]",
                        "Key, partition, deduplicationId and expectedOffset of an atomic batch stand beside messages."
                    )
                );
        }

        return faults;
    }

    /// <summary>Faults of where a record is to be stored, in a topic of these settings.</summary>
    public static IReadOnlyList<Fault> CheckPlace(TopicName topic, TopicSettings settings, string? key, int? partition, string at)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(settings);
        var faults = new List<Fault>();
        if (topic.HasFifoSuffix && key is null)
            faults.Add(new Fault(at + "key", KeyRequired));
        if (partition is { } asked && (asked < 0 || asked >= settings.Partitions))
            faults.Add(new Fault(at + "partition", $"Must be 0 to {settings.Partitions - 1}."));
        return faults;
    }

    /// <summary>Faults of a read of a topic of these settings.</summary>
    public static IReadOnlyList<Fault> Check(ReadRequest request, TopicSettings settings)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(settings);
        var faults = new List<Fault>();
        if (request.Partition < 0 || request.Partition >= settings.Partitions)
            faults.Add(new Fault("partition", $"Must be 0 to {settings.Partitions - 1}."));
        if (request.From is ReadFrom.Offset(< 0))
            faults.Add(new Fault("from", "An offset is not negative."));
        CheckAmount(faults, request.MaxRecords, request.MaxBytes, request.Wait);
        return faults;
    }

    /// <summary>Faults of a read of all partitions.</summary>
    public static IReadOnlyList<Fault> Check(TopicReadRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var faults = new List<Fault>();
        if (request.From is ReadFrom.Offset)
            faults.Add(new Fault("from", "Must be an instant, earliest or latest: offsets are those of one partition."));
        CheckAmount(faults, request.MaxRecords, request.MaxBytes, request.Wait);
        return faults;
    }

    /// <summary>Faults of a read by a member of a group.</summary>
    public static IReadOnlyList<Fault> Check(GroupReadRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var faults = new List<Fault>();
        CheckAmount(faults, request.MaxRecords, request.MaxBytes, request.Wait);
        RequestRules.Range(faults, "leaseSeconds", request.Lease, Limits.MinGroupLease, Limits.MaxGroupLease);
        if (request.Lease <= request.Wait)
            faults.Add(new Fault("leaseSeconds", "Must be more than waitSeconds."));
        if (request.From is ReadFrom.Offset)
            faults.Add(new Fault("from", "Must be an instant, earliest or latest: a seek leads to offsets."));
        return faults;
    }

    /// <summary>Faults of a key that is looked for.</summary>
    public static IReadOnlyList<Fault> CheckKey(string key)
    {
        var faults = new List<Fault>();
        RequestRules.CheckId(faults, "key", key);
        return faults;
    }

    private static void CheckAmount(List<Fault> faults, int maxRecords, int maxBytes, TimeSpan wait)
    {
        if (maxRecords is < 1 or > Limits.MaxRecordsPerRead)
            faults.Add(new Fault("maxRecords", $"Must be 1 to {Limits.MaxRecordsPerRead}."));
        if (maxBytes is < 1 or > Limits.MaxReadBytes)
            faults.Add(new Fault("maxBytes", $"Must be 1 to {Limits.MaxReadBytes}."));
        RequestRules.Range(faults, "waitSeconds", wait, TimeSpan.Zero, Limits.MaxWait);
    }

    private static void CheckProducer(List<Fault> faults, ProducerStamp? producer, string? key, int? partition, string? deduplicationId)
    {
        if (producer is null)
            return;
        RequestRules.CheckId(faults, "Producer-Id", producer.Id);
        if (producer.Epoch < 0)
            faults.Add(new Fault("Producer-Epoch", "Must not be negative."));
        if (producer.Sequence is < 0 or > long.MaxValue / 2)
            faults.Add(new Fault("Producer-Sequence", "Must not be negative, nor beyond counting."));
        if (key is null && partition is null)
            faults.Add(new Fault("Producer-Sequence", "Needs a key or a partition."));
        if (deduplicationId is not null)
            faults.Add(new Fault("Producer-Sequence", "Takes the place of a deduplicationId: give one of them."));
    }

    private static void CheckExpectation(List<Fault> faults, string at, long? expectedOffset, string? key, int? partition)
    {
        if (expectedOffset is null)
            return;
        if (expectedOffset < 0)
            faults.Add(new Fault(at + "expectedOffset", "An offset is not negative."));
        if (key is null && partition is null)
            faults.Add(new Fault(at + "expectedOffset", "Needs a key or a partition."));
    }
}
