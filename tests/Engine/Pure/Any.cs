using CsCheck;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Random parts of rows. Instants are few, so that they often coincide.</summary>
internal static class Any
{
    public static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly ProcessId ThisProcess = new(7);

    public static readonly Gen<DateTimeOffset> Instant = Gen.Int[-6, 12].Select(i => Epoch + TimeSpan.FromSeconds(i));

    public static readonly Gen<LeaseId> Lease = Gen.Select(Gen.OneOf(ThisProcess, new ProcessId(8)), Gen.UInt[1, 2])
        .Select((process, number) => LeaseId.Create(process, number));

    public static readonly Gen<MessageState> State = Gen.Select(
        Gen.OneOf(SlotStatus.Ready, SlotStatus.Leased, SlotStatus.Extended, SlotStatus.Done),
        Instant,
        Gen.Int[0, 4],
        Lease,
        Gen.Nullable(Instant),
        (status, at, count, lease, first) =>
            new MessageState(status, at, status == SlotStatus.Ready ? count : Math.Max(1, count), lease) { FirstDeliveredAt = first }
    );

    public static readonly Gen<MessageIndex> Index = Gen.Select(
        Gen.ULong,
        Gen.Nullable(Instant),
        Gen.Int[0, 1_000_000],
        Gen.Long[0, Limits.MaxBodyBytes],
        Gen.Nullable(Gen.Guid),
        (group, expiresAt, encoded, body, payload) => new MessageIndex(group, expiresAt, encoded, body, payload)
    );

    public static readonly Gen<DeliveryPolicy> Policy = Gen.Select(
        Gen.Enum<MessageSource>(),
        Gen.OneOf<int?>(null, 1, 2, 3),
        Gen.Enum<ExpiryAction>(),
        Gen.OneOf(0, 1, 3),
        Gen.OneOf(0, 1),
        (source, maxDeliveries, onExpiry, backoff, skew) =>
            DeliveryPolicy.For(
                new QueueSettings
                {
                    MaxDeliveryCount = maxDeliveries,
                    OnExpiry = onExpiry,
                    RetryBackoff = new RetryBackoff { Initial = TimeSpan.FromSeconds(backoff), Max = TimeSpan.FromSeconds(backoff * 2) },
                },
                source,
                TimeSpan.FromSeconds(skew),
                ThisProcess
            )
    );

    public static readonly Gen<BirthRow> Birth = Gen.Select(
        Gen.Enum<RowKind>(),
        Gen.Int[0, 9],
        Gen.Long[0, (1L << 52) - 1],
        Gen.UInt,
        Gen.UShort,
        (kind, lane, time, writer, counter) => new BirthRow(kind, lane, time, new WriterId(writer), counter)
    );

    public static readonly Gen<MessageLocation> Location = Gen.Select(
        Gen.Int[0, Limits.MaxShards - 1],
        Birth,
        Gen.Int[0, 89],
        (shard, birth, index) => new MessageLocation(shard, birth, index)
    );
}
