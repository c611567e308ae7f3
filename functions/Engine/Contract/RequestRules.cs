namespace FuncQueue.Engine;

/// <summary>The ranges of what may be asked for, as faults to show the caller. Pure; every fault is listed, none is fixed up.</summary>
public static class RequestRules
{
    /// <summary>Faults of the settings that a queue of this name would have.</summary>
    public static IReadOnlyList<Fault> Check(QueueName queue, QueueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(settings);
        var faults = new List<Fault>();
        if (queue.HasFifoSuffix && settings.Type != QueueType.Fifo)
            faults.Add(new Fault("queue", "Only the name of a queue of type fifo may end in .fifo."));
        Range(faults, "visibilityTimeoutSeconds", settings.VisibilityTimeout, TimeSpan.Zero, Limits.MaxVisibilityTimeout);
        if (settings.MaxDeliveryCount is { } count && count is < 1 or > Limits.MaxMaxDeliveryCount)
            faults.Add(new Fault("maxDeliveryCount", $"Must be 1 to {Limits.MaxMaxDeliveryCount}, or null for no limit."));
        if (settings.MessageTimeToLive is { } ttl)
            Range(faults, "messageTtlSeconds", ttl, Limits.MinTimeToLive, Limits.MaxTimeToLive);
        Range(faults, "delaySeconds", settings.Delay, TimeSpan.Zero, Limits.MaxDelay);
        Range(
            faults,
            "deduplicationWindowSeconds",
            settings.DeduplicationWindow,
            Limits.MinDeduplicationWindow,
            Limits.MaxDeduplicationWindow
        );
        if (settings.Shards is < 1 or > Limits.MaxShards)
            faults.Add(new Fault("shards", $"Must be 1 to {Limits.MaxShards}."));
        Range(faults, "retryBackoff.initialSeconds", settings.RetryBackoff.Initial, TimeSpan.Zero, Limits.MaxRetryBackoff);
        Range(faults, "retryBackoff.maxSeconds", settings.RetryBackoff.Max, TimeSpan.Zero, Limits.MaxRetryBackoff);
        if (settings.RetryBackoff.Max >= TimeSpan.Zero && settings.RetryBackoff.Max < settings.RetryBackoff.Initial)
            faults.Add(new Fault("retryBackoff.maxSeconds", "Must not be less than initialSeconds."));
        if (settings.DeadLetterTimeToLive is { } deadTtl)
            Range(faults, "deadLetterTtlSeconds", deadTtl, Limits.MinTimeToLive, Limits.MaxTimeToLive);
        CheckTags(faults, settings.Tags);
        CheckAnnotations(faults, settings.Annotations);
        return faults;
    }

    /// <summary>Faults of a message, each field prefixed with <paramref name="at"/> (as <c>messages[3].</c>).</summary>
    public static IReadOnlyList<Fault> Check(NewMessage message, string at)
    {
        ArgumentNullException.ThrowIfNull(message);
        var faults = new List<Fault>();
        if (message.Delay is { } delay)
            Range(faults, at + "delaySeconds", delay, TimeSpan.Zero, Limits.MaxDelay);
        if (message is { Delay: not null, EnqueueAt: not null })
            faults.Add(new Fault(at + "enqueueAt", "Give delaySeconds or enqueueAt, not both."));
        if (message.EnqueueAt >= Limits.EndOfSchedule)
            faults.Add(new Fault(at + "enqueueAt", $"Must be before the year {Limits.EndOfSchedule.Year}."));
        if (message.TimeToLive is { } ttl)
            Range(faults, at + "ttlSeconds", ttl, Limits.MinTimeToLive, Limits.MaxTimeToLive);
        if (message.Priority is < 0 or > Limits.MaxPriority)
            faults.Add(new Fault(at + "priority", $"Must be 0 to {Limits.MaxPriority}."));
        CheckId(faults, at + "groupId", message.GroupId);
        CheckId(faults, at + "deduplicationId", message.DeduplicationId);
        CheckContentType(faults, at + "contentType", message.ContentType);
        CheckAttributes(faults, at + "attributes", message.Attributes);
        return faults;
    }

    /// <summary>What a message without a group is told by a FIFO queue.</summary>
    public const string GroupRequired = "A FIFO queue needs a groupId.";

    /// <summary>
    /// Faults of a message that a queue of these settings cannot take: a FIFO queue needs a group, and delivers in the order of the
    /// enqueues.
    /// </summary>
    public static IReadOnlyList<Fault> Check(NewMessage message, string at, QueueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Type != QueueType.Fifo)
            return [];
        var faults = new List<Fault>();
        if (message.GroupId is null)
            faults.Add(new Fault(at + "groupId", GroupRequired));
        if (message.Delay is not null)
            faults.Add(
                new Fault(at + "delaySeconds", "A FIFO queue takes no delay of a single message; its setting delaySeconds holds for all.")
            );
        if (message.EnqueueAt is not null)
            faults.Add(new Fault(at + "enqueueAt", "A FIFO queue takes no enqueueAt."));
        if (message.Priority is not null)
            faults.Add(new Fault(at + "priority", "A FIFO queue takes no priority."));
        return faults;
    }

    /// <summary>Faults of a dequeue.</summary>
    public static IReadOnlyList<Fault> Check(DequeueRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var faults = new List<Fault>();
        if (request.MaxMessages is < 1 or > Limits.MaxBatchSize)
            faults.Add(new Fault("maxMessages", $"Must be 1 to {Limits.MaxBatchSize}."));
        Range(faults, "waitSeconds", request.Wait, TimeSpan.Zero, Limits.MaxWait);
        if (request.VisibilityTimeout is { } timeout)
            Range(faults, "visibilityTimeoutSeconds", timeout, TimeSpan.Zero, Limits.MaxVisibilityTimeout);
        return faults;
    }

    /// <summary>Faults of a settlement.</summary>
    public static IReadOnlyList<Fault> Check(Settlement settlement)
    {
        var faults = new List<Fault>();
        switch (settlement)
        {
            case Settlement.Nack nack:
                if (nack.Delay is { } delay)
                    Range(faults, "delaySeconds", delay, TimeSpan.Zero, Limits.MaxDelay);
                CheckReason(faults, nack.Reason);
                break;
            case Settlement.Extend { VisibilityTimeout: { } timeout }:
                Range(faults, "visibilityTimeoutSeconds", timeout, TimeSpan.Zero, Limits.MaxVisibilityTimeout);
                break;
            case Settlement.DeadLetter deadLetter:
                CheckReason(faults, deadLetter.Reason);
                break;
        }

        return faults;
    }

    internal static void CheckContentType(List<Fault> faults, string field, string? type)
    {
        // It goes out in a header again.
        if (type is not null && (type.Length is 0 or > Limits.MaxContentTypeLength || type.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            faults.Add(new Fault(field, $"Must be 1 to {Limits.MaxContentTypeLength} printable characters of ASCII."));
    }

    private static void CheckReason(List<Fault> faults, string? reason)
    {
        if (reason is { Length: 0 or > Limits.MaxReasonLength })
            faults.Add(new Fault("reason", $"Must be 1 to {Limits.MaxReasonLength} characters."));
    }

    internal static void CheckId(List<Fault> faults, string field, string? id)
    {
        if (id is { Length: 0 or > Limits.MaxIdLength } || (id is not null && id.Any(char.IsControl)))
            faults.Add(new Fault(field, $"Must be 1 to {Limits.MaxIdLength} characters, none of them a control character."));
    }

    internal static void CheckAttributes(List<Fault> faults, string field, IReadOnlyDictionary<string, string> attributes)
    {
        if (attributes.Count > Limits.MaxAttributes)
            faults.Add(new Fault(field, $"At most {Limits.MaxAttributes} attributes."));
        long bytes = 0;
        foreach (var (name, value) in attributes)
        {
            if (name.Length == 0)
                faults.Add(new Fault(field, "An attribute's name must not be empty."));
            bytes += System.Text.Encoding.UTF8.GetByteCount(name) + System.Text.Encoding.UTF8.GetByteCount(value);
        }

        if (bytes > Limits.MaxAttributeBytes)
            faults.Add(new Fault(field, $"Names and values must not exceed {Limits.MaxAttributeBytes} bytes of UTF-8 in all."));
    }

    internal static void CheckAnnotations(List<Fault> faults, IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.Sum(a => a.Key.Length + a.Value.Length) > Limits.MaxAnnotationsLength)
            faults.Add(new Fault("annotations", $"At most {Limits.MaxAnnotationsLength} characters in all."));
    }

    internal static void CheckTags(List<Fault> faults, IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count > Limits.MaxTags)
            faults.Add(new Fault("tags", $"At most {Limits.MaxTags} tags."));
        foreach (var (name, value) in tags)
        {
            if (name.Length is 0 or > Limits.MaxTagNameLength || value.Length > Limits.MaxTagValueLength)
                faults.Add(
                    new Fault(
                        $"tags.{name}",
                        $"Names are 1 to {Limits.MaxTagNameLength} characters, values at most {Limits.MaxTagValueLength}."
                    )
                );
        }
    }

    internal static void Range(List<Fault> faults, string field, TimeSpan value, TimeSpan min, TimeSpan max)
    {
        if (value < min || value > max)
            faults.Add(new Fault(field, $"Must be {min.TotalSeconds:0} to {max.TotalSeconds:0} seconds."));
    }
}
