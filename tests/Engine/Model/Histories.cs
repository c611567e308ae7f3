using CsCheck;
using static FuncQueue.Engine.Tests.Model.Operation;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Random histories: few groups, ids and instants, so that they often coincide.</summary>
public static class Histories
{
    private static readonly Gen<int> Process = Gen.Int[0, 1];

    private static readonly Gen<int> Queue = Gen.Frequency((2, Gen.Const(0)), (1, Gen.Const(1)));

    /// <summary>Small numbers above all.</summary>
    private static readonly Gen<int> Pick = Gen.Frequency((5, Gen.Int[0, 3]), (2, Gen.Int[0, 10]), (1, Gen.Int[0, 50]));

    private static readonly Gen<MessageSource> MostlyLive = Gen.Frequency(
        (4, Gen.Const(MessageSource.Live)),
        (1, Gen.Const(MessageSource.DeadLetters))
    );

    private static readonly Gen<int?> Lease = Gen.OneOf<int?>(null, 0, 10, 30);

    private static readonly Gen<int> Duration = Gen.OneOf(1, 1, 4, 5, 5, 10, 10, 20, 31, 61, 301);

    private static readonly Gen<TimeSpan> Backoff = Gen.OneOf(0, 5, 40).Select(s => TimeSpan.FromSeconds(s));

    private static readonly Gen<TimeSpan?> DeadLetterTtl = Gen.OneOf<int?>(null, null, 60, 400)
        .Select(s => s is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null);

    private static readonly Gen<int?> MaxDeliveries = Gen.OneOf<int?>(null, 1, 2, 2, 3, 3);

    private static Gen<T?> Rarely<T>(Gen<T> gen)
        where T : struct => Gen.Frequency((4, Gen.Const((T?)null)), (1, gen.Select(v => (T?)v)));

    private static Gen<QueueSettingsChange> Settings(QueueType type) =>
        Gen.Select(
            Gen.Select(MaxDeliveries, Gen.Enum<ExpiryAction>(), Gen.OneOf(100, 300, 3000, 3000)),
            Gen.Select(Backoff, DeadLetterTtl, Gen.Int[1, 3], Gen.Bool),
            Gen.Select(Gen.OneOf(0, 0, 0, 20), Gen.OneOf(10, 60)),
            (basics, more, delays) =>
                new QueueSettingsChange
                {
                    Type = type,
                    VisibilityTimeout = TimeSpan.FromSeconds(20),
                    MaxDeliveryCount = basics.Item1,
                    OnExpiry = basics.Item2,
                    MessageTimeToLive = TimeSpan.FromSeconds(basics.Item3),
                    RetryBackoffInitial = more.Item1,
                    RetryBackoffMax = more.Item1 * 3,
                    DeadLetterTimeToLive = more.Item2,
                    Shards = more.Item3,
                    ContentBasedDeduplication = more.Item4,
                    Delay = TimeSpan.FromSeconds(delays.Item1),
                    DeduplicationWindow = TimeSpan.FromSeconds(delays.Item2),
                }
        );

    private static Gen<QueueSettingsChange> Changes(QueueType type) =>
        Gen.OneOf(
            MaxDeliveries.Select(n => new QueueSettingsChange { MaxDeliveryCount = n }),
            Backoff.Select(b => new QueueSettingsChange { RetryBackoffInitial = b, RetryBackoffMax = b * 3 }),
            Gen.Enum<ExpiryAction>().Select(a => new QueueSettingsChange { OnExpiry = a }),
            DeadLetterTtl.Select(t => new QueueSettingsChange { DeadLetterTimeToLive = t }),
            Gen.OneOf(0, 15)
                .Select(s => new QueueSettingsChange { Delay = TimeSpan.FromSeconds(s), VisibilityTimeout = TimeSpan.FromSeconds(s) }),
            Gen.OneOf<int?>(null, 60, 500)
                .Select(s => new QueueSettingsChange
                {
                    MessageTimeToLive = s is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null,
                }),
            Gen.Select(
                Gen.Bool,
                Gen.OneOf(5, 100),
                (byContent, window) =>
                    new QueueSettingsChange { ContentBasedDeduplication = byContent, DeduplicationWindow = TimeSpan.FromSeconds(window) }
            ),
            type == QueueType.Fifo
                ? Gen.Const(new QueueSettingsChange())
                : Gen.Int[2, 5].Select(n => new QueueSettingsChange { Shards = n })
        );

    private static Gen<Letter> Letters(QueueType type) =>
        Gen.Select(
            Gen.Select(Gen.OneOf("a", "a", "a", "b", "c"), Gen.Bool, Rarely(Gen.Int[0, 1]), Rarely(Gen.Int[0, 3])),
            Gen.Select(Rarely(Gen.OneOf(60, 120, 1000)), Gen.Frequency((30, Gen.Const(false)), (1, Gen.Const(true)))),
            Gen.Select(Rarely(Gen.OneOf(1, 9)), Rarely(Gen.OneOf(0, 20, 100)), Rarely(Gen.OneOf(-5, 0, 7, 20))),
            (who, how, when) =>
                new Letter(
                    Group: type == QueueType.Fifo || who.Item2 ? who.Item1 : null,
                    DeduplicationId: who.Item3 is { } id ? $"id{id}" : null,
                    Content: who.Item4,
                    Priority: type == QueueType.Fifo ? null : when.Item1,
                    Delay: type == QueueType.Fifo ? null : when.Item2,
                    At: type == QueueType.Fifo || when.Item2 is not null ? null : when.Item3,
                    Ttl: how.Item1,
                    Large: how.Item2
                )
        );

    private static Gen<Operation> Enqueues(QueueType[] types, int most) =>
        Queue.SelectMany(q => Gen.Select(Process, Letters(types[q]).Array[1, most], (p, letters) => (Operation)new Enqueue(p, q, letters)));

    private static Gen<Operation> Dequeues(Gen<MessageSource> sources) =>
        Gen.Select(
            Process,
            Queue,
            sources,
            Gen.Frequency((1, Gen.Int[1, 2]), (1, Gen.Int[3, 8])),
            Lease,
            Gen.Frequency((7, Gen.Const(false)), (1, Gen.Const(true))),
            (p, q, source, max, lease, delete) => (Operation)new Dequeue(p, q, source, max, lease, delete)
        );

    private static Gen<Operation> Settlements(int most) =>
        Gen.Select(
            Process,
            Gen.OneOf(Verb.Ack, Verb.Nack, Verb.Nack, Verb.Extend, Verb.Extend, Verb.DeadLetter, Verb.Release),
            Pick.Array[1, most],
            Gen.OneOf<int?>(null, 0, 5, 30),
            (p, how, picks, seconds) => (Operation)new Settle(p, how, picks, seconds)
        );

    private static readonly Gen<Operation> Cancels = Gen.Select(Process, Queue, Pick, (p, q, pick) => (Operation)new Cancel(p, q, pick));

    private static readonly Gen<Operation> Removals = Gen.Select(
        Process,
        Queue,
        Gen.Enum<MessageSource>(),
        Pick,
        (p, q, source, pick) => (Operation)new Remove(p, q, source, pick)
    );

    /// <summary>Most filters mean nobody in particular, so that they meet somebody.</summary>
    private static readonly Gen<Meant?> Filters = Gen.Frequency(
        (3, Gen.Const((Meant?)null)),
        (1, Gen.OneOf(Meant.Reasons).Select(r => (Meant?)new Meant(Reason: r))),
        (1, Gen.OneOf("a", "b").Select(g => (Meant?)new Meant(Group: g)))
    );

    private static readonly Gen<Operation> Redrives = Gen.Select(
        Process,
        Queue,
        Gen.Bool,
        Pick.Array[1, 4],
        Gen.OneOf<int?>(null, 1, 2),
        Gen.Select(Gen.Bool, Filters),
        (p, q, own, picks, max, meant) =>
            (Operation)
                new Redrive(p, q, own ? q : 1 - q, meant.Item1 ? picks : null, meant.Item1 ? null : max, meant.Item1 ? null : meant.Item2)
    );

    private static Gen<Operation> Resubmissions(QueueType[] types) =>
        Gen.Select(
            Process,
            Queue,
            Gen.Bool,
            Pick,
            Gen.Frequency((1, Gen.Const((Letter?)null)), (2, Letters(types[0]).Select(l => (Letter?)l))),
            Gen.Bool,
            (p, q, own, pick, edit, body) => (Operation)new Resubmit(p, q, own ? q : 1 - q, pick, edit, body)
        );

    private static readonly Gen<Operation> Sweeps = Gen.Select(
        Process,
        Gen.OneOf(SweepScope.ExpiredLeases, SweepScope.Poison, SweepScope.Storage, SweepScope.All),
        Gen.Bool,
        (p, scope, all) => (Operation)new Sweep(p, scope, all)
    );

    private static Gen<Operation> Races(QueueType[] types) =>
        Gen.Frequency(
                (2, Enqueues(types, 1)),
                (6, Dequeues(Gen.Const(MessageSource.Live))),
                (5, Settlements(1)),
                (1, Cancels),
                (1, Removals),
                (1, Sweeps)
            )
            .Array[2, 4]
            .Select(calls => (Operation)new Together(calls));

    private static Gen<Operation> Any(QueueType[] types) =>
        Gen.Frequency(
            (70, Enqueues(types, 5)),
            (80, Dequeues(MostlyLive)),
            (110, Settlements(3)),
            (15, Cancels),
            (50, Races(types)),
            (40, Redrives),
            (30, Resubmissions(types)),
            (15, Removals),
            (25, Sweeps),
            (20, Queue.SelectMany(q => Gen.Select(Process, Changes(types[q]), (p, change) => (Operation)new Change(p, q, change)))),
            (15, Gen.Select(Process, Queue, Gen.Int[1, 7], (p, q, size) => (Operation)new Look(p, q, size))),
            (40, Duration.Select(s => (Operation)new PassTime(s))),
            (8, Process.Select(p => (Operation)new Restart(p))),
            (5, Gen.Select(Process, Queue, MostlyLive, (p, q, source) => (Operation)new Purge(p, q, source))),
            (
                4,
                Gen.Select(
                    Process,
                    Queue,
                    Gen.OneOf("a", "b"),
                    (p, q, g) => (Operation)new Purge(p, q, MessageSource.Live, new Meant(Group: g))
                )
            ),
            (3, Queue.SelectMany(q => Gen.Select(Process, Settings(types[q]), (p, settings) => (Operation)new Recreate(p, q, settings))))
        );

    /// <summary>Histories of two queues of these types.</summary>
    public static Gen<History> Of(QueueType first, QueueType second) =>
        Gen.Select(
            Gen.OneOf(1, 2, 3, 64),
            Settings(first),
            Settings(second),
            Any([first, second]).Array[5, 80],
            (rowSize, one, two, operations) => new History(rowSize, [one, two], operations)
        );
}
