using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Tests;

/// <summary>Tells a history in a few words; instants are seconds.</summary>
internal sealed class Story(bool fifo = false, int? maxDeliveryCount = 3)
{
    public const string Queue = "q";

    /// <summary>A second queue, of the same rules.</summary>
    public const string Other = "other";

    private readonly Recorder recorder = new();
    private readonly Dictionary<string, long> numbers = new(StringComparer.Ordinal);
    private long position;

    public List<string> OrphanBlobs { get; } = [];

    public static DateTimeOffset At(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    /// <summary>Sends a message whose id is its key in capitals.</summary>
    public Story Send(
        string key,
        double at = 0,
        Ending ending = Ending.Ok,
        string? group = null,
        string? id = null,
        long? number = null,
        string? deduplicationId = null
    )
    {
        numbers.TryAdd(key, number ?? position + 1);
        recorder.Add(
            new Sent
            {
                Queue = Queue,
                Key = key,
                Digest = "as sent",
                Began = At(at),
                Ended = At(at + 0.1),
                Ending = ending,
                MessageId = ending == Ending.Ok ? id ?? key.ToUpperInvariant() : null,
                Group = group,
                SequenceNumber = number,
                Position = ++position,
                DeduplicationId = deduplicationId,
            }
        );
        return this;
    }

    /// <summary>
    /// One call that brings messages, each leased until <paramref name="until"/>; the lease is named after key and instant.
    /// </summary>
    public Story Deliver(double at, double until, params string[] keys) => Deliver(at, until, null, 1, keys);

    public Story Deliver(double at, double until, string? group, int count, params string[] keys) =>
        Deliver(keys.Select(key => Delivery(key, at, until, group, count) with { SequenceNumber = group is null ? null : numbers[key] }));

    public Story Deliver(params IEnumerable<Delivery> deliveries)
    {
        var all = deliveries.ToList();
        recorder.Add(Call(all[0].BeganBy) with { Deliveries = all });
        return this;
    }

    public Story DeliverElsewhere(Delivery delivery)
    {
        recorder.Add(Call(delivery.BeganBy) with { Queue = Other, Deliveries = [delivery] });
        return this;
    }

    /// <summary>Messages handed out for good, or a call that asked for them and never heard.</summary>
    public Story Take(double at, Ending ending, int maxMessages, params string[] keys)
    {
        recorder.Add(
            Call(At(at)) with
            {
                Delete = true,
                Ending = ending,
                MaxMessages = maxMessages,
                Deliveries = [.. keys.Select(k => Delivery(k, at, at) with { Lease = "" })],
            }
        );
        return this;
    }

    public Story DeliverWithWrongClock(string key)
    {
        recorder.Add(Call(At(1)) with { ClockWasOff = true, Deliveries = [Delivery(key, 1, 11)] });
        return this;
    }

    /// <summary>Settles the lease that began at <paramref name="lease"/>.</summary>
    public Story Settle(
        Verb verb,
        string key,
        double lease,
        double at,
        Answer answer = Answer.Ok,
        Ending ending = Ending.Ok,
        double? until = null
    )
    {
        recorder.Add(
            new Settled
            {
                Queue = Queue,
                Verb = verb,
                MessageId = key.ToUpperInvariant(),
                Lease = LeaseOf(key, lease),
                Began = At(at),
                Ended = At(at + 0.1),
                Ending = ending,
                Answer = ending == Ending.Ok ? answer : Answer.None,
                HeldUntil = until is { } instant ? At(instant) : null,
            }
        );
        return this;
    }

    public Story Ack(string key, double lease, double at, Answer answer = Answer.Ok, Ending ending = Ending.Ok) =>
        Settle(Verb.Ack, key, lease, at, answer, ending);

    public Story Find(Counts counts, IReadOnlyList<string> live, params DeadLetter[] deadLetters)
    {
        recorder.Add(
            new Remains
            {
                Queue = Queue,
                Counts = counts,
                Live = live,
                DeadLetters = deadLetters,
                When = "In the end",
                IsLast = true,
            }
        );
        return this;
    }

    /// <summary>The queue is deleted, and there again.</summary>
    public Story Delete(double from, double to)
    {
        recorder.Add(new Deletion(Queue, At(from), At(to)));
        return this;
    }

    /// <summary>A redrive, or with <paramref name="id"/> the resubmission of one dead letter.</summary>
    public Story Revive(
        double at,
        string? id = null,
        string to = Queue,
        Ending ending = Ending.Ok,
        string? newId = null,
        string? prefix = null,
        string? digest = null,
        long? moved = null
    )
    {
        recorder.Add(
            new Revival
            {
                Queue = Queue,
                To = to,
                Began = At(at),
                Ended = At(at + 0.1),
                Ending = ending,
                MessageId = id,
                NewId = newId,
                KeyPrefix = prefix,
                Digest = digest,
                Moved = moved,
            }
        );
        return this;
    }

    public Story Remove(
        string id,
        double at,
        Ending ending = Ending.Ok,
        bool dead = false,
        bool notFound = false,
        double ahead = 0,
        string? original = null
    )
    {
        recorder.Add(
            new Removed
            {
                Queue = Queue,
                MessageId = id,
                IsDead = dead,
                Began = At(at),
                Ended = At(at + 0.1),
                Ending = ending,
                OriginalMessageId = original,
                NotFound = notFound,
                ClockAhead = TimeSpan.FromSeconds(ahead),
            }
        );
        return this;
    }

    public Story HearStrange(string strange)
    {
        recorder.AddStrange(strange);
        return this;
    }

    public Verdict Check() =>
        Checker.Check(
            recorder.ToHistory([new QueueRules(Queue, maxDeliveryCount, fifo), new QueueRules(Other, maxDeliveryCount, fifo)], OrphanBlobs)
        );

    /// <summary>The rules that the story breaks, each once.</summary>
    public IReadOnlyList<Rule> Broken() => [.. Check().Violations.Select(v => v.Rule).Distinct()];

    public static Delivery Delivery(string key, double at, double until, string? group = null, int count = 1) =>
        new()
        {
            MessageId = key.ToUpperInvariant(),
            Key = key,
            Digest = "as sent",
            DeliveryCount = count,
            Lease = LeaseOf(key, at),
            BeganFrom = At(at),
            BeganBy = At(at),
            HeldUntil = At(until),
            Group = group,
        };

    /// <summary>A delivery of a message that lives again.</summary>
    public static Delivery Reborn(string id, string key, double at, double until, string? original = null) =>
        Delivery(key, at, until) with
        {
            MessageId = id,
            OriginalMessageId = original ?? key.ToUpperInvariant(),
            Lease = LeaseOf(id, at),
        };

    public static DeadLetter Letter(string key, int deliveries = 3, string? reason = "because", string? original = null) =>
        new(key.ToUpperInvariant(), key, "as sent", reason, deliveries, original);

    private static string LeaseOf(string key, double at) => $"{key}@{at}";

    private static Received Call(DateTimeOffset at) =>
        new()
        {
            Queue = Queue,
            Process = 0,
            Began = at,
            Ended = at,
            Ending = Ending.Ok,
            MaxMessages = 10,
        };
}
