using CsCheck;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Tests.Topics.Records;

/// <summary>Random records, and rows of them.</summary>
internal static class AnyRecord
{
    public static readonly Gen<RecordContent> Content = Gen.Select(
        NewMessages.Body,
        NewMessages.AnyText,
        Gen.Dictionary(NewMessages.Name, NewMessages.AnyText)[0, 6],
        Gen.Select(Gen.Null(NewMessages.Name), Gen.Null(NewMessages.Name), Gen.Null(NewMessages.Name)),
        Gen.Select(Gen.Null(NewMessages.AnyText), Gen.Null(NewMessages.AnyText)),
        Gen.Select(Gen.Nullable(Span), Gen.Nullable(Span), Gen.Nullable(Gen.Int[0, Limits.MaxPriority])),
        (body, type, attributes, names, trace, numbers) =>
            new RecordContent
            {
                Body = body,
                ContentType = type,
                Attributes = attributes,
                Key = names.Item1,
                RoutingKey = names.Item2,
                DeduplicationId = names.Item3,
                TraceParent = trace.Item1,
                TraceState = trace.Item2,
                Delay = numbers.Item1,
                TimeToLive = numbers.Item2,
                Priority = numbers.Item3,
            }
    );

    public static readonly Gen<SubscriptionSet> Set = Gen.Frequency(
        (1, Gen.Const(SubscriptionSet.None)),
        (4, Gen.Int[0, 2000].Array[1, 20].Select(numbers => SubscriptionSet.Of(numbers))),
        // Close together, as those of a topic nearly always are.
        (2, Gen.Int[0, 300].Array[100, 300].Select(numbers => SubscriptionSet.Of(numbers))),
        (1, Gen.Int[0, int.MaxValue - 1].Array[1, 5].Select(numbers => SubscriptionSet.Of(numbers)))
    );

    private static Gen<TimeSpan> Span => Gen.Long[0, TimeSpan.TicksPerDay * 365].Select(ticks => new TimeSpan(ticks));

    private static readonly Gen<RecordRun> Run = Gen.Select(
        Gen.Long[0, DateTimeOffset.MaxValue.UtcTicks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero)),
        Gen.Guid,
        Gen.Long[0, long.MaxValue / 4],
        Set.Array[1, 6],
        (at, append, version, sets) => new RecordRun(0, at, append, version, [.. sets.Distinct()])
    );

    /// <summary>An index of several runs, with records missing here and there.</summary>
    public static readonly Gen<RecordIndex> Index = Gen.Select(
        Gen.Long[0, long.MaxValue / 4],
        Run.Array[1, 4],
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 70_000], Gen.Long[0, Limits.MaxBodyBytes], Gen.Nullable(Gen.Guid), Gen.Int[0, 5]).Array[0, 40],
        Gen.Int[0, 5],
        (first, runs, entries, after) =>
        {
            var offset = first - 1;
            var each = entries.Length / runs.Length;
            var (begun, records) = (new List<RecordRun>(), new List<RecordEntry>());
            for (var i = 0; i < entries.Length || begun.Count == 0; i++)
            {
                if (begun.Count == 0 || (begun.Count < runs.Length && i == begun.Count * each && i > 0))
                    begun.Add(runs[begun.Count] with { First = offset + 1 });
                if (i >= entries.Length)
                    break;
                var (gap, length, body, payload, set) = entries[i];
                offset += 1 + gap;
                records.Add(new RecordEntry(offset, length, body, payload, set % begun[^1].Sets.Count));
            }

            return new RecordIndex(first, Math.Max(first, offset) + after, begun, [.. records]);
        }
    );
}
